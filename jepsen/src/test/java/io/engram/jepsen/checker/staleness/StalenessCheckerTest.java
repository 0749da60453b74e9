package io.engram.jepsen.checker.staleness;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Value;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StalenessCheckerTest {
    private static Finding check(HistoryBuilder history) {
        return new StalenessChecker(Duration.ofMillis(100), Duration.ofMillis(500)).check(history.build(), Limits.usual());
    }

    /// Version 1 of k is over at 10, version 2 at 110.
    private static HistoryBuilder twoWrites() {
        return aHistory().process(0)
                .did("write", "k", 10).from(0).to(10).version(1)
                .did("write", "k", 20).from(100).to(110).version(2)
                .process(1);
    }

    @Nested
    class A_read_of_an_old_version {
        @Test
        void is_valid_just_within_the_bound() {
            var finding = check(twoWrites().did("read", "k").from(210).to(220).returned(10).version(1));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.real(finding, "staleness", "proven", "maxMillis")).isEqualTo(100.0);
            assertThat(finding.sentence()).isEqualTo("1 reads were at most 100 ms old (bound 100 ms); 1 of them could have shown a violation");
        }

        @Test
        void is_a_violation_a_nanosecond_later() {
            var finding = check(twoWrites().did("read", "k").fromNanos(210_000_001).to(220).returned(10).version(1).on("n2", "follower"));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence())
                    .isEqualTo("key k: a read by n2 returned version 1, 100.000 ms after version 2 had been shown (bound 100 ms)");
            assertThat(finding.evidence()).extracting(Op::function).containsExactly("write", "write", "read", "read");
        }

        @Test
        void is_proven_old_by_another_read_where_the_write_never_completed() {
            var finding = check(aHistory().process(0)
                    .did("write", "k", 10).from(0).to(10).version(1)
                    .did("write", "k", 20).from(100).to(150).unknown()
                    .process(1).did("read", "k").from(160).to(170).returned(20).version(2)
                    .process(2).did("read", "k").from(300).to(310).returned(10).version(1));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).contains("130 ms after version 2");
            // The newer version may have been there since its write began, and the old answer been made when the read ended.
            assertThat(Figures.real(finding, "staleness", "estimate", "maxMillis")).isEqualTo(210.0);
        }

        @Test
        void may_overlap_the_write_of_the_new_one() {
            var finding = check(twoWrites().did("read", "k").from(105).to(300).returned(10).version(1)
                    .did("read", "k").from(301).to(302).returned(20).version(2));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.real(finding, "staleness", "proven", "maxMillis")).isZero();
        }

        @Test
        void may_be_of_nothing_at_all() {
            var finding = check(twoWrites().did("read", "k").from(200).to(210).returned(Value.NIL));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).contains("returned version 0, 190 ms after version 1");
        }

        @Test
        void is_not_held_against_another_key() {
            var finding = check(twoWrites().did("read", "k").from(400).to(410).returned(20).version(2).did("read", "l").from(420).to(430)
                    .returned(Value.NIL));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        }
    }

    @Nested
    class A_claim {
        @Test
        void that_is_too_low_is_a_violation_even_within_the_bound() {
            var finding = check(twoWrites().did("read", "k").from(150).to(160).returned(10).version(1).claims(39).on("n3", "follower"));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence())
                    .isEqualTo("key k: a read by n3 returned version 1, 40 ms after version 2 had been shown (it claims at most 39 ms)");
            assertThat(Figures.whole(finding, "violations", "claim too low")).isEqualTo(1);
        }

        @Test
        void that_is_just_right_is_kept() {
            var finding = check(twoWrites().did("read", "k").from(150).to(160).returned(10).version(1).claims(40));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        }

        @Test
        void counts_from_the_beginning_of_the_read_and_not_from_its_end() {
            var finding = check(twoWrites().did("read", "k").from(111).to(400).returned(10).version(1).claims(1));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.real(finding, "staleness", "proven", "maxMillis")).isEqualTo(1.0);
        }
    }

    @Nested
    class Versions {
        @Test
        void of_a_later_write_must_be_higher_than_what_was_shown_before_it_began() {
            var finding = check(aHistory()
                    .did("write", "k", 1).from(0).to(10).version(5)
                    .did("write", "k", 2).from(20).to(30).version(4));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("key k: a write of 4 began after a write of 5 had completed");
        }

        @Test
        void of_overlapping_writes_may_stand_in_any_order() {
            var finding = check(aHistory()
                    .process(0).did("write", "k", 1).from(0).to(30).version(5)
                    .process(1).did("write", "k", 2).from(10).to(20).version(4)
                    .did("read", "k").from(200).to(210).returned(1).version(5));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        }

        @Test
        void belong_to_one_write_each() {
            var finding = check(aHistory()
                    .process(0).did("write", "k", 1).from(0).to(30).version(5)
                    .process(1).did("write", "k", 1).from(10).to(20).version(5));
            assertThat(Figures.whole(finding, "violations", "shared version")).isEqualTo(1);
        }

        @Test
        void have_one_value_each() {
            var finding = check(twoWrites().did("read", "k").from(120).to(130).returned(10).version(2));
            assertThat(Figures.whole(finding, "violations", "inconsistent version")).isEqualTo(1);
        }

        @Test
        void cannot_be_read_before_their_write_begins() {
            var finding = check(twoWrites().did("read", "k").from(50).to(60).returned(20).version(2));
            assertThat(Figures.whole(finding, "violations", "read from the future")).isEqualTo(1);
        }

        @Test
        void do_not_come_from_nowhere() {
            var finding = check(twoWrites().did("read", "k").from(120).to(130).returned(77).version(3));
            assertThat(Figures.whole(finding, "violations", "phantom")).isEqualTo(1);
        }

        @Test
        void may_come_from_a_compare_and_set() {
            var history = twoWrites().did("cas", "k", Value.items(Value.of(20), Value.of(30))).from(112).to(115).version(3);
            assertThat(check(history.did("read", "k").from(250).to(251).returned(30).version(3)).verdict()).isEqualTo(Verdict.VALID);
            assertThat(check(history.did("read", "k").from(260).to(261).returned(20).version(2)).sentence())
                    .contains("returned version 2, 145 ms after version 3");
        }

        @Test
        void do_not_come_from_a_write_that_failed_for_certain() {
            var finding = check(twoWrites().did("write", "k", 77).from(112).to(115).failed("CONFLICT").did("read", "k").from(120).to(130)
                    .returned(77).version(3));
            assertThat(Figures.whole(finding, "violations", "phantom")).isEqualTo(1);
        }
    }

    @Nested
    class Nothing_can_be_said {
        @Test
        void where_no_read_succeeded() {
            assertThat(check(twoWrites().did("read", "k").from(210).to(220).failed("STALE")).verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void where_no_read_could_have_shown_a_violation() {
            var finding = check(twoWrites().did("read", "k").from(105).to(106).returned(10).version(1));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).startsWith("none of 1 reads could have shown a violation of 100 ms");
        }

        @Test
        void where_answers_carry_no_version() {
            var finding = check(twoWrites().did("read", "k").from(300).to(310).returned(20).version(2).did("read", "k").from(320).to(330)
                    .returned(20));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).isEqualTo("1 successful answers carry no version and cannot be judged");
        }

        @Test
        void when_time_is_over() {
            var history = twoWrites().did("read", "k").from(300).to(310).returned(20).version(2).build();
            var finding = new StalenessChecker(Duration.ofMillis(1), Duration.ZERO).check(history, new Limits(Duration.ofNanos(1), 1, 1));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).contains("within the limit");
        }
    }

    @Nested
    class Figures_tell {
        @Test
        void where_and_when_answers_were_old() {
            var finding = check(twoWrites()
                    .did("read", "k").from(130).to(131).returned(10).version(1).on("n2", "follower")
                    .did("read", "k").from(400).to(401).returned(20).version(2).on("n1", "leader")
                    .fault(1, "partition", 120, 200, "n2"));
            assertThat(Figures.real(finding, "byNode", "n2", "proven", "maxMillis")).isEqualTo(20.0);
            assertThat(Figures.real(finding, "byNode", "n1", "proven", "maxMillis")).isZero();
            assertThat(Figures.real(finding, "byRole", "follower", "proven", "maxMillis")).isEqualTo(20.0);
            assertThat(Figures.real(finding, "byPhase", "partition", "proven", "maxMillis")).isEqualTo(20.0);
            assertThat(Figures.whole(finding, "byPhase", "recovery", "proven", "count")).isEqualTo(1);
        }

        @Test
        void how_many_reads_could_have_shown_a_violation() {
            var finding = check(twoWrites()
                    .did("read", "k").from(105).to(106).returned(10).version(1)
                    .did("read", "k").from(215).to(216).returned(20).version(2)
                    .did("read", "k").from(900).to(901).returned(20).version(2));
            assertThat(Figures.whole(finding, "couldHaveShownViolation")).isEqualTo(2);
            assertThat(Figures.whole(finding, "wouldHaveShownTwiceTheBound")).isEqualTo(1);
        }

        @Test
        void how_long_the_nodes_took_to_come_together_after_a_heal() {
            var finding = check(twoWrites()
                    .fault(1, "partition", 90, 115, "n2")
                    .did("read", "k").from(120).to(121).returned(10).version(1).on("n2", "follower")
                    .did("read", "k").from(130).to(131).returned(20).version(2).on("n1", "leader")
                    .did("read", "k").from(140).to(145).returned(20).version(2).on("n2", "follower")
                    .did("read", "k").from(300).to(301).returned(20).version(2).on("n2", "follower"));
            assertThat(Figures.row(finding, "convergence", 0, "millis")).isEqualTo(new Value.Real(30.0));
        }

        @Test
        void that_a_node_never_came_back() {
            var finding = check(twoWrites()
                    .fault(1, "partition", 90, 115, "n2")
                    .did("read", "k").from(120).to(121).returned(10).version(1).on("n2", "follower")
                    .did("read", "k").from(300).to(301).returned(20).version(2).on("n1", "leader"));
            assertThat(Figures.row(finding, "convergence", 0, "millis")).isEqualTo(Value.NIL);
        }
    }
}
