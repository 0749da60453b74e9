package io.engram.jepsen.checker.availability;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Value;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class AvailabilityCheckerTest {
    private static final Duration RECOVERY = Duration.ofMillis(100);

    private static Finding figures(HistoryBuilder history) {
        return new AvailabilityChecker(RECOVERY, Optional.empty(), Set.of("DIFFERS")).check(history.build(), Limits.usual());
    }

    private static Finding within(long ms, HistoryBuilder history) {
        return new AvailabilityChecker(RECOVERY, Optional.of(Duration.ofMillis(ms)), Set.of("DIFFERS")).check(history.build(), Limits.usual());
    }

    /// A write every 10 ms from 0 on, each taking 5 ms, that fails between two moments.
    private static HistoryBuilder writes(long until, long downFrom, long downTo) {
        HistoryBuilder history = aHistory().process(0);
        for (long at = 0; at < until; at += 10) {
            history.did("write", "k", at).from(at).to(at + 5).on("n1", "leader");
            if (downFrom <= at && at < downTo) history.failed("UNAVAILABLE");
        }
        return history;
    }

    @Nested
    class The_longest_outage {
        @Test
        void lasts_from_the_last_success_to_the_next() {
            var finding = figures(writes(1000, 200, 500).fault(1, "partition", 190, 400, "n1"));
            // The last success before is at 195, the next one at 505.
            assertThat(Figures.row(finding, "faults", 0, "longestOutageMillis")).isEqualTo(new Value.Real(310.0));
            assertThat(Figures.row(finding, "faults", 0, "outageBeganMillis")).isEqualTo(new Value.Real(195.0));
            assertThat(finding.sentence()).isEqualTo("the longest outage under a fault was 310 ms (write under partition)");
        }

        @Test
        void begins_with_the_fault_at_the_earliest() {
            var finding = figures(writes(1000, 200, 500).fault(1, "kill", 300, 400, "n1"));
            assertThat(Figures.row(finding, "faults", 0, "longestOutageMillis")).isEqualTo(new Value.Real(205.0));
        }

        @Test
        void is_not_the_clients_rest() {
            var rested = writes(200, 500, 500).did("write", "k", 1).from(5_000).to(5_007).fault(1, "kill", 100, 6_000, "n1");
            assertThat(Figures.row(figures(rested), "faults", 0, "longestOutageMillis")).isEqualTo(new Value.Real(10.0));
        }

        @Test
        void goes_to_the_last_attempt_where_nothing_succeeds_again() {
            var finding = figures(writes(1000, 200, 2000).fault(1, "kill", 190, -1, "n1"));
            assertThat(Figures.row(finding, "faults", 0, "longestOutageMillis")).isEqualTo(new Value.Real(800.0));
            assertThat(Figures.row(finding, "faults", 0, "healToSuccessMillis")).isEqualTo(Value.NIL);
        }

        @Test
        void ends_with_a_refusal_that_is_an_answer() {
            var history = writes(1000, 200, 500).process(1).did("write", "k", 1).from(300).to(305).failed("DIFFERS").did("write", "k", 1)
                    .from(306).to(307).failed("UNAVAILABLE");
            var finding = figures(history.fault(1, "partition", 190, 400, "n1"));
            assertThat(Figures.row(finding, "faults", 0, "longestOutageMillis")).isEqualTo(new Value.Real(200.0));
            assertThat(Figures.real(finding, "byFunction", "write", "answeredShare")).isEqualTo(71.0 / 102);
        }

        @Test
        void is_told_for_each_function() {
            var finding = figures(writes(1000, 200, 500).process(1).did("read", "k").from(100).to(350).did("read", "k").from(360).to(370)
                    .fault(1, "kill", 190, 400, "n1"));
            assertThat(Figures.row(finding, "faults", 0, "function")).isEqualTo(Value.of("read"));
            assertThat(Figures.row(finding, "faults", 0, "longestOutageMillis")).isEqualTo(new Value.Real(160.0));
            assertThat(Figures.row(finding, "faults", 1, "longestOutageMillis")).isEqualTo(new Value.Real(310.0));
        }
    }

    @Nested
    class After_a_heal {
        @Test
        void the_first_success_counts_that_began_after_it() {
            var finding = figures(writes(1000, 200, 500).process(1).did("write", "k", 1).from(390).to(402).fault(1, "kill", 190, 400, "n2"));
            assertThat(Figures.row(finding, "faults", 0, "healToSuccessMillis")).isEqualTo(new Value.Real(105.0));
            assertThat(Figures.row(finding, "faults", 0, "healToSuccessOnHitNodesMillis")).isEqualTo(Value.NIL);
        }

        @Test
        void a_function_must_succeed_within_the_limit() {
            var history = writes(1000, 200, 500).fault(1, "partition", 190, 400, "n1");
            assertThat(within(200, history).verdict()).isEqualTo(Verdict.VALID);
            assertThat(within(100, history).verdict()).isEqualTo(Verdict.INVALID);
            assertThat(within(100, history).sentence())
                    .isEqualTo("no write succeeded within 100 ms after partition (fault 1) was healed, the first after 105 ms");
        }

        @Test
        void a_function_that_never_succeeds_again_is_found() {
            var finding = within(200, writes(1000, 200, 2000).fault(1, "kill", 190, 400, "n1"));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("no write succeeded within 200 ms after kill (fault 1) was healed");
        }

        @Test
        void nothing_can_be_said_where_the_next_fault_comes_too_soon() {
            var finding = within(200, writes(1000, 200, 2000).fault(1, "kill", 190, 400, "n1").fault(2, "kill", 450, 990, "n1"));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).isEqualTo("no heal was followed by 200 ms of attempts without another fault");
        }
    }

    @Test
    void shares_are_told_by_phase_and_function() {
        var finding = figures(writes(1000, 200, 500).process(1).did("read", "k").from(600).to(700).unknown().fault(1, "kill", 200, 400, "n1"));
        assertThat(Figures.whole(finding, "byPhase", "kill", "fail")).isEqualTo(20);
        assertThat(Figures.real(finding, "byPhase", "kill", "okShare")).isZero();
        assertThat(Figures.whole(finding, "byPhase", "recovery", "fail")).isEqualTo(10);
        assertThat(Figures.whole(finding, "byPhase", "healthy", "ok")).isEqualTo(70);
        assertThat(Figures.real(finding, "byFunction", "write", "okShare")).isEqualTo(0.7);
        assertThat(Figures.whole(finding, "byFunctionAndPhase", "read", "healthy", "info")).isEqualTo(1);
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void nothing_can_be_said_where_nothing_was_tried() {
        assertThat(figures(aHistory().fault(1, "kill", 0, 10)).verdict()).isEqualTo(Verdict.UNKNOWN);
    }
}
