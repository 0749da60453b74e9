package io.engram.jepsen.checker.liveness;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class LivenessCheckerTest {
    private final List<Sample> samples = new ArrayList<>();

    private LivenessCheckerTest seen(long ms, String node, long position, String digest) {
        samples.add(new Sample(ms * 1_000_000, node, 0, position, digest));
        return this;
    }

    /// The last heal is done at 100 ms; the limit is 50 ms.
    private Finding check() {
        return check(aHistory().fault(1, "kill", 10, 60).fault(2, "partition", 50, 100));
    }

    private Finding check(HistoryBuilder history) {
        return new LivenessChecker(samples, Map.of(0, Set.of("n1", "n2")), Duration.ofMillis(50)).check(history.build(), Limits.usual());
    }

    @Test
    void replicas_that_reach_one_state_in_time_are_well() {
        var finding = seen(110, "n1", 7, "aa").seen(110, "n2", 5, "bb").seen(140, "n1", 7, "aa").seen(140, "n2", 7, "aa").check();
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        assertThat(finding.sentence()).isEqualTo("all replicas of 1 shards were in one state 40 ms after the last heal");
    }

    @Test
    void they_need_not_be_there_at_one_moment() {
        var finding = seen(110, "n1", 7, "aa").seen(120, "n1", 8, "bb").seen(121, "n2", 7, "aa").check();
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void what_was_seen_before_the_heal_does_not_count() {
        var finding = seen(90, "n1", 7, "aa").seen(110, "n2", 7, "aa").seen(160, "n2", 7, "aa").check();
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
    }

    @Nested
    class Replicas_fail {
        @Test
        void if_one_stays_behind() {
            var finding = seen(110, "n1", 7, "aa").seen(110, "n2", 5, "bb").seen(151, "n1", 7, "aa").seen(151, "n2", 5, "bb").check();
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("not together 50 ms after the last heal: shard 0: {n1=at 7, n2=at 5}");
        }

        @Test
        void if_one_never_says_anything() {
            var finding = seen(110, "n1", 7, "aa").seen(151, "n1", 7, "aa").check();
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).contains("n2=silent");
        }

        @Test
        void if_they_come_together_too_late() {
            var finding = seen(110, "n1", 7, "aa").seen(151, "n2", 7, "aa").check();
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("not together 50 ms after the last heal: shard 0: only 51 ms after it");
        }

        @Test
        void if_two_are_in_different_states_at_one_position_at_any_time() {
            var finding = seen(20, "n1", 7, "aa").seen(30, "n2", 7, "ab").seen(110, "n1", 9, "cc").seen(111, "n2", 9, "cc").check();
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("shard 0 has two states at position 7: n1 aa, n2 ab");
        }

        @Test
        void if_one_is_in_two_states_at_one_position() {
            assertThat(seen(20, "n1", 7, "aa").seen(30, "n1", 7, "ab").check().verdict()).isEqualTo(Verdict.INVALID);
        }
    }

    @Nested
    class Nothing_can_be_said {
        @Test
        void without_samples() {
            assertThat(check().verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void where_nobody_watched_until_the_limit() {
            var finding = seen(110, "n1", 7, "aa").seen(140, "n2", 5, "bb").check();
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).startsWith("the replicas were watched for less than 50 ms");
        }

        @Test
        void where_a_fault_was_never_healed() {
            var finding = seen(110, "n1", 7, "aa").seen(120, "n2", 7, "aa").check(aHistory().fault(1, "kill", 10, -1));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).isEqualTo("fault 1 (kill) was never healed");
        }
    }
}
