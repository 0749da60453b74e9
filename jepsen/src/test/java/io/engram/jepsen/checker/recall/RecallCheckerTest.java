package io.engram.jepsen.checker.recall;

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

class RecallCheckerTest {
    private static Finding check(HistoryBuilder history) {
        return new RecallChecker().check(history.build(), Limits.usual());
    }

    private static HistoryBuilder observed(long id) {
        return aHistory().process(0).did("observe", null, id).from(0).to(10);
    }

    private static HistoryBuilder recalled(HistoryBuilder history, long probe, long... found) {
        return history.process(9).did("recall", null, probe).from(100).to(110).returnedItems(found);
    }

    @Nested
    class An_acknowledged_memory {
        @Test
        void is_found() {
            var finding = check(recalled(observed(1), 1, 1));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.whole(finding, "mustHaveFound")).isEqualTo(1);
        }

        @Test
        void must_not_be_missing() {
            var finding = check(recalled(observed(1), 1));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("memory 1 had been acknowledged before a recall began that did not find it");
            assertThat(finding.evidence()).extracting(Op::function).containsExactly("observe", "observe", "recall", "recall");
        }

        @Test
        void must_be_in_a_recall_of_all() {
            assertThat(check(observed(1).did("recall", null).from(20).to(30).returnedItems()).verdict()).isEqualTo(Verdict.INVALID);
        }

        @Test
        void need_not_be_among_those_close_to_another() {
            var finding = check(recalled(observed(1).did("observe", null, 2).from(11).to(12), 2, 2));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.whole(finding, "mustHaveFound")).isEqualTo(1);
        }

        @Test
        void may_be_missing_while_a_forget_is_open() {
            var unknown = recalled(observed(1).did("forget", null, 1).from(20).to(30).unknown(), 1);
            var overlapping = recalled(observed(1).process(1).did("forget", null, 1).from(20).to(105), 1);
            assertThat(check(unknown).verdict()).isEqualTo(Verdict.UNKNOWN);
            assertThat(Figures.whole(check(unknown), "open")).isEqualTo(1);
            assertThat(Figures.whole(check(overlapping), "open")).isEqualTo(1);
        }

        @Test
        void must_be_there_though_a_forget_comes_later() {
            assertThat(check(recalled(observed(1), 1).process(0).did("forget", null, 1).from(200).to(210)).verdict()).isEqualTo(Verdict.INVALID);
        }

        @Test
        void must_be_there_though_a_forget_failed() {
            assertThat(check(recalled(observed(1).did("forget", null, 1).from(20).to(30).failed("NOT_FOUND"), 1)).verdict())
                    .isEqualTo(Verdict.INVALID);
        }

        @Test
        void must_be_there_if_the_forget_came_first() {
            var again = aHistory().did("forget", null, 1).from(0).to(5).did("observe", null, 1).from(6).to(10);
            assertThat(check(recalled(again, 1)).verdict()).isEqualTo(Verdict.INVALID);
        }
    }

    @Nested
    class A_forgotten_memory {
        private final HistoryBuilder history = observed(1).did("observe", null, 2).from(11).to(12).did("forget", null, 1).from(20).to(30);

        @Test
        void is_not_found() {
            var finding = check(recalled(recalled(history, 1), 2, 2).from(120).to(130));
            assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
            assertThat(Figures.whole(finding, "mustNotHaveFound")).isEqualTo(1);
        }

        @Test
        void must_not_come_back() {
            var finding = check(recalled(history, 1, 1, 2));
            assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
            assertThat(finding.sentence()).isEqualTo("memory 1 had been forgotten before a recall began that found it");
        }

        @Test
        void must_not_come_back_beside_another_that_was_asked_for() {
            assertThat(check(recalled(history, 2, 2, 1)).verdict()).isEqualTo(Verdict.INVALID);
        }

        @Test
        void may_come_back_if_an_observe_was_open_at_that_time() {
            assertThat(check(recalled(history.process(5).did("observe", null, 1).from(15).to(18).unknown(), 1, 1)).verdict())
                    .isNotEqualTo(Verdict.INVALID);
        }
    }

    @Nested
    class A_memory_that_nobody_observed {
        @Test
        void is_a_phantom() {
            assertThat(check(recalled(observed(1), 1, 1, 7)).sentence()).isEqualTo("memory 7 was found, and nobody observed it");
        }

        @Test
        void is_a_phantom_if_its_observe_failed_for_certain() {
            var finding = check(recalled(observed(1).did("observe", null, 2).from(11).to(12).failed("SPACE_FULL"), 2, 2));
            assertThat(Figures.whole(finding, "violations", "phantom")).isEqualTo(1);
        }

        @Test
        void is_a_phantom_if_it_is_observed_only_later() {
            var finding = check(recalled(observed(1).did("observe", null, 2).from(200).to(210), 1, 1, 2));
            assertThat(Figures.whole(finding, "violations", "phantom")).isEqualTo(1);
        }
    }

    @Test
    void a_memory_found_twice_is_duplicated() {
        assertThat(check(recalled(observed(1), 1, 1, 1)).sentence()).isEqualTo("memory 1 was found twice by one recall");
    }

    @Test
    void each_space_is_judged_by_itself() {
        var finding = check(aHistory().did("observe", "a", 1).from(0).to(10).did("recall", "b", 1).from(20).to(30).returnedItems(1));
        assertThat(finding.sentence()).isEqualTo("memory 1 was found, and nobody observed it");
    }

    @Nested
    class Nothing_can_be_said {
        @Test
        void where_no_recall_succeeded() {
            assertThat(check(recalled(observed(1), 1).failed("UNAVAILABLE")).sentence()).isEqualTo("no recall succeeded");
        }

        @Test
        void where_nothing_had_to_be_found() {
            assertThat(check(recalled(observed(1).unknown(), 1, 1)).verdict()).isEqualTo(Verdict.UNKNOWN);
        }

        @Test
        void of_a_recall_that_is_no_list() {
            assertThat(check(recalled(observed(1), 1, 1).did("recall", null, 1).from(200).to(210).returned(1)).verdict()).isEqualTo(Verdict.UNKNOWN);
        }
    }
}
