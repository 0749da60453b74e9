package io.engram.jepsen.checker.session;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Value;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SessionCheckerTest {
    private static Finding check(HistoryBuilder history) {
        return new SessionChecker().check(history.build(), Limits.usual());
    }

    private static HistoryBuilder wrote(long version) {
        return aHistory().process(0).did("write", "k", version).from(0).to(1).version(version);
    }

    private static HistoryBuilder saw(long version) {
        return aHistory().process(0).did("read", "k").from(0).to(1).returned(version).version(version);
    }

    @Nested
    class A_session_that_keeps_its_guarantees {
        @Test
        void sees_its_own_writes_and_newer_ones() {
            var finding = check(wrote(5).did("read", "k").from(2).to(3).version(5).did("read", "k").from(4).to(5).version(9)
                    .did("write", "k", 1).from(6).to(7).version(10));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.whole(finding, "couldHaveShownViolation", "read your writes")).isEqualTo(2);
            assertThat(Figures.whole(finding, "couldHaveShownViolation", "monotonic reads")).isEqualTo(1);
            assertThat(Figures.whole(finding, "couldHaveShownViolation", "monotonic writes")).isEqualTo(1);
            assertThat(Figures.whole(finding, "couldHaveShownViolation", "writes follow reads")).isEqualTo(1);
        }

        @Test
        void may_see_less_than_another_session() {
            var finding = check(saw(9).did("read", "k").from(2).to(3).version(9).process(1).did("read", "k").from(4).to(5).version(3));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        }

        @Test
        void may_see_an_older_version_of_another_key() {
            assertThat(check(saw(9).did("read", "l").from(2).to(3).version(3).did("read", "l").from(4).to(5).version(3)).verdict())
                    .isEqualTo(Verdict.VALID);
        }
    }

    @Nested
    class A_session_whose_view_goes_back {
        @Test
        void breaks_monotonic_reads() {
            var finding = check(saw(9).did("read", "k").from(2).to(3).version(8));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("monotonic reads: process 0 read version 9 of key k and then read version 8");
            assertThat(finding.evidence()).hasSize(4);
        }

        @Test
        void breaks_monotonic_reads_against_the_highest_of_all_it_read() {
            var finding = check(saw(12).did("read", "k").from(2).to(3).version(10).did("read", "k").from(4).to(5).version(11));
            assertThat(finding.sentence()).contains("read version 12 of key k and then read version 10");
            assertThat(Figures.whole(finding, "violations", "monotonic reads")).isEqualTo(2);
        }

        @Test
        void breaks_read_your_writes() {
            var finding = check(wrote(5).did("read", "k").from(2).to(3).returned(Value.NIL));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("read your writes: process 0 wrote version 5 of key k and then read version 0");
        }

        @Test
        void breaks_monotonic_writes() {
            var finding = check(wrote(5).did("write", "k", 6).from(2).to(3).version(5));
            assertThat(finding.sentence()).isEqualTo("monotonic writes: process 0 wrote version 5 of key k and then wrote version 5");
        }

        @Test
        void breaks_writes_follow_reads() {
            var finding = check(saw(5).did("write", "k", 6).from(2).to(3).version(4));
            assertThat(finding.sentence()).isEqualTo("writes follow reads: process 0 read version 5 of key k and then wrote version 4");
        }
    }

    @Nested
    class Nothing_can_be_said {
        @Test
        void of_operations_that_failed_or_are_unknown() {
            var finding = check(aHistory().process(0).did("write", "k", 5).from(0).to(1).unknown().process(1).did("read", "k").from(2).to(3)
                    .failed("STALE"));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).isEqualTo("no session came back to a key it had read or written");
        }

        @Test
        void where_all_that_was_seen_first_is_nothing() {
            assertThat(check(saw(0).did("read", "k").from(2).to(3).version(0)).verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void of_answers_without_a_version() {
            var finding = check(saw(5).did("read", "k").from(2).to(3).version(5).did("read", "k").from(4).to(5).returned(1));
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).isEqualTo("1 successful answers carry no version and cannot be judged");
        }
    }
}
