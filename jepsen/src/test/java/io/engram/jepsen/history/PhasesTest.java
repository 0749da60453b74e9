package io.engram.jepsen.history;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PhasesTest {
    private static final long MS = 1_000_000;
    private static final Duration RECOVERY = Duration.ofMillis(20);

    @Test
    void a_run_without_faults_is_healthy_throughout() {
        var phases = Phases.of(aHistory().did("read", "k").from(0).to(100).build(), RECOVERY);
        assertThat(phases.spans()).containsExactly(new Phases.Span("healthy", 0, 100 * MS + 1));
    }

    @Test
    void faults_that_overlap_are_named_together_and_recovery_follows_the_last() {
        var phases = Phases.of(aHistory()
                .did("read", "k").from(0).to(200)
                .fault(1, "partition", 10, 60, "n1")
                .fault(2, "kill", 30, 50, "n2")
                .phase("closing", 150)
                .build(), RECOVERY);
        assertThat(phases.spans()).extracting(Phases.Span::phase)
                .containsExactly("healthy", "partition", "kill+partition", "partition", "recovery", "healthy", "closing");
        assertThat(phases.spans()).extracting(s -> s.from() / MS).containsExactly(0L, 10L, 30L, 50L, 60L, 80L, 150L);
        assertThat(phases.at(29 * MS)).isEqualTo("partition");
        assertThat(phases.at(30 * MS)).isEqualTo("kill+partition");
        assertThat(phases.at(79 * MS)).isEqualTo("recovery");
        assertThat(phases.at(500 * MS)).isEqualTo("closing");
    }

    @Test
    void two_faults_of_one_kind_are_one_phase() {
        var phases = Phases.of(aHistory().fault(1, "kill", 10, 40).fault(2, "kill", 20, 50).did("read", "k").from(60).to(61).build(), Duration.ZERO);
        assertThat(phases.spans()).extracting(Phases.Span::phase).containsExactly("healthy", "kill", "healthy");
    }

    @Test
    void a_fault_that_is_never_mended_lasts_to_the_end_and_hides_the_closing() {
        var phases = Phases.of(aHistory().fault(1, "pause", 10, -1).phase("closing", 50).build(), RECOVERY);
        assertThat(phases.at(60 * MS)).isEqualTo("pause");
    }

    @Test
    void an_empty_history_has_a_phase_too() {
        assertThat(Phases.of(new History(List.of()), RECOVERY).at(5)).isEqualTo("healthy");
    }
}
