package io.engram.jepsen.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Verdict;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TallyTest {
    private static final Control CONTROL = Controls.all().getFirst();
    private static final Sighting FOUND = new Sighting(true, Verdict.INVALID, "it read 3", 120, 7, Duration.ofSeconds(9));

    private final StringWriter said = new StringWriter();
    private final Tally tally = new Tally(new PrintWriter(said));

    @Test
    void a_baseline_that_is_valid_stands_beside_what_was_found() {
        tally.seen(CONTROL, FOUND, new Baseline(Verdict.VALID, "all is well", Duration.ofSeconds(8)));
        tally.table();
        assertThat(tally.unsound()).isZero();
        assertThat(tally.escaped()).isZero();
        assertThat(said.toString()).contains("it read 3", "120 operations, seed 7", "and what is not wrong is valid there: all is well", "1 of 1 known-bad");
    }

    @Test
    void a_baseline_that_is_not_valid_is_told_apart_from_a_control_that_escaped() {
        tally.seen(CONTROL, FOUND, new Baseline(Verdict.UNKNOWN, "too few", Duration.ofSeconds(8)));
        tally.table();
        assertThat(tally.unsound()).isEqualTo(1);
        assertThat(tally.escaped()).isZero();
        assertThat(said.toString()).contains("NOT VALID THERE: too few", "1 BASELINES NOT VALID").doesNotContain("ESCAPED");
    }

    @Test
    void a_control_without_a_baseline_is_not_blamed_for_it() {
        tally.seen(CONTROL, new Sighting(false, Verdict.VALID, "fine", 100, 3, Duration.ofSeconds(9)), null);
        tally.table();
        assertThat(tally.unsound()).isZero();
        assertThat(tally.escaped()).isEqualTo(1);
        assertThat(said.toString()).contains("0 of 1 known-bad controls found, 1 ESCAPED");
    }

    @Test
    void a_harness_that_fails_at_one_control_tells_so_and_of_the_others() {
        tally.failed(CONTROL, new IllegalStateException("node n2 was not ready\nits log"));
        tally.seen(Controls.all().getLast(), FOUND, null);
        tally.table();
        assertThat(tally.failed()).isEqualTo(1);
        assertThat(said.toString()).contains("the harness failed: node n2 was not ready", "1 of 2 known-bad controls found, 1 FAILED");
    }
}
