package io.engram.jepsen.checker.set;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Op;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SetCheckerTest {
    private static Finding check(HistoryBuilder history) {
        return check(SetChecker.Reads.LINEARIZABLE, history);
    }

    private static Finding check(SetChecker.Reads promise, HistoryBuilder history) {
        return new SetChecker(promise).check(history.build(), Limits.usual());
    }

    private static HistoryBuilder added(int process, long value, long from, long to) {
        return aHistory().process(process).did("add", null, value).from(from).to(to);
    }

    @Test
    void all_that_was_acknowledged_is_in_the_last_read() {
        var finding = check(added(0, 1, 0, 10).did("add", null, 2).from(11).to(20).did("read", null).from(30).to(40).returnedItems(1, 2));
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(finding, "stable")).isEqualTo(2);
    }

    @Test
    void an_acknowledged_element_that_later_reads_lack_is_lost() {
        var finding = check(added(0, 1, 0, 10).did("add", null, 2).from(11).to(20)
                .did("read", null).from(21).to(22).returnedItems(1, 2)
                .did("read", null).from(30).to(40).returnedItems(2));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("element 1 was acknowledged, and the last reads lack it");
        assertThat(finding.evidence()).extracting(Op::index).containsExactly(0, 1, 4, 5, 6, 7);
        assertThat(Figures.real(finding, "lostLatency", "maxMillis")).isEqualTo(11.0);
    }

    @Test
    void an_element_that_was_seen_must_stay_though_its_add_was_never_acknowledged() {
        var finding = check(added(0, 1, 0, 10).unknown().process(1)
                .did("read", null).from(20).to(21).returnedItems(1)
                .did("read", null).from(30).to(31).returnedItems());
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("element 1 was seen, and the last reads lack it");
    }

    @Test
    void an_element_with_an_unknown_outcome_may_be_there_or_not() {
        var there = added(0, 1, 0, 10).unknown().process(1).did("add", null, 2).from(11).to(12).did("read", null).from(30).to(40).returnedItems(1, 2);
        var absent = added(0, 1, 0, 10).unknown().process(1).did("add", null, 2).from(11).to(12).did("read", null).from(30).to(40).returnedItems(2);
        assertThat(check(there).verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(check(there), "recovered")).isEqualTo(1);
        assertThat(check(absent).verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(check(absent), "neverRead")).isEqualTo(1);
    }

    @Test
    void an_element_that_a_read_lacked_for_a_while_is_stale() {
        var history = added(0, 1, 0, 10).did("read", null).from(15).to(20).returnedItems().did("read", null).from(30).to(40).returnedItems(1);
        assertThat(check(history).verdict()).isEqualTo(Verdict.INVALID);
        assertThat(check(history).sentence()).isEqualTo("element 1 was absent from a read that began 5.0 ms after it was known");
        assertThat(check(SetChecker.Reads.EVENTUAL, history).verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(check(SetChecker.Reads.EVENTUAL, history), "stale")).isEqualTo(1);
    }

    @Test
    void a_read_that_overlaps_the_add_may_lack_it() {
        var history = added(0, 1, 0, 10).process(1).did("read", null).from(9).to(20).returnedItems().did("read", null).from(30).to(40)
                .returnedItems(1);
        assertThat(check(history).verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void an_element_twice_in_one_read_is_duplicated() {
        var finding = check(added(0, 1, 0, 10).did("read", null).from(30).to(40).returnedItems(1, 1));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("element 1 stands in one read more than once");
    }

    @Nested
    class An_element_that_nobody_added {
        @Test
        void is_a_phantom() {
            var finding = check(added(0, 1, 0, 10).did("read", null).from(30).to(40).returnedItems(1, 7));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("element 7 was read, and nobody added it");
        }

        @Test
        void is_a_phantom_even_if_it_is_added_later() {
            var finding = check(aHistory().did("read", null).from(0).to(5).returnedItems(1).did("add", null, 1).from(10).to(20)
                    .did("read", null).from(30).to(40).returnedItems(1));
            assertThat(Figures.whole(finding, "violations", "phantom")).isEqualTo(1);
        }

        @Test
        void is_resurrected_if_its_add_had_failed() {
            var finding = check(added(0, 1, 0, 10).failed("SPACE_FULL").did("read", null).from(30).to(40).returnedItems(1));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("element 1 was read, though every attempt to add it had failed");
        }

        @Test
        void may_be_there_if_one_of_two_attempts_did_not_fail() {
            var finding = check(added(0, 1, 0, 10).failed("SPACE_FULL").did("add", null, 1).from(11).to(12).did("read", null).from(30)
                    .to(40).returnedItems(1));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        }
    }

    @Nested
    class Nothing_can_be_said {
        @Test
        void without_a_read() {
            assertThat(check(added(0, 1, 0, 10)).sentence()).isEqualTo("the set was never read");
            assertThat(check(added(0, 1, 0, 10).did("read", null).from(30).to(40).unknown()).verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void where_all_reads_came_too_early() {
            var finding = check(added(0, 1, 5, 10).process(1).did("read", null).from(0).to(6).returnedItems());
            assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(finding.sentence()).isEqualTo("no element was ever seen to be there to stay");
        }

        @Test
        void of_a_read_that_is_no_list() {
            assertThat(check(added(0, 1, 0, 10).did("read", null).from(30).to(40).returned(5)).verdict()).isEqualTo(Verdict.UNKNOWN);
        }
    }

    @Test
    void each_key_is_a_set_of_its_own() {
        var finding = check(aHistory().did("add", "a", 1).from(0).to(1).did("add", "b", 2).from(2).to(3)
                .did("read", "a").from(10).to(11).returnedItems(1).did("read", "b").from(12).to(13).returnedItems(1, 2));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("element 1 of b was read, and nobody added it");
    }
}
