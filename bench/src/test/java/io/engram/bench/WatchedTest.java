package io.engram.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class WatchedTest {
    @Test
    void a_gap_within_the_span_is_found() {
        assertThat(Watched.longestGap(List.of(5L, 11L, 12L, 19L, 21L), 10, 20, 30)).isEqualTo(7);
    }

    @Test
    void a_gap_that_began_before_the_span_counts_from_its_begin() {
        assertThat(Watched.longestGap(List.of(1L, 15L, 16L, 21L), 10, 20, 30)).isEqualTo(5);
    }

    @Test
    void a_gap_that_ends_after_the_span_counts_whole() {
        assertThat(Watched.longestGap(List.of(11L, 12L, 29L), 10, 20, 30)).isEqualTo(17);
    }

    @Test
    void a_gap_that_has_not_ended_counts_until_now() {
        assertThat(Watched.longestGap(List.of(9L), 10, 20, 30)).isEqualTo(20);
    }

    @Test
    void what_comes_after_the_span_does_not_count() {
        assertThat(Watched.longestGap(List.of(11L, 19L, 20L, 29L), 10, 20, 30)).isEqualTo(8);
    }
}
