package io.engram.jepsen.checker.statistics;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StatisticsCheckerTest {
    private static Finding check(Set<String> askedFor, HistoryBuilder history) {
        return new StatisticsChecker(10, askedFor).check(history.build(), Limits.usual());
    }

    private static HistoryBuilder writes(int count) {
        HistoryBuilder history = aHistory();
        for (long i = 0; i < count; i++) history.did("write", "k", i).from(i * 10).to(i * 10 + 5);
        return history;
    }

    @Test
    void enough_was_done_and_something_was_broken() {
        var finding = check(Set.of("kill", "pause"), writes(10).did("write", "k", 11).from(100).to(105).failed("CONFLICT")
                .fault(1, "kill", 20, 50, "n1"));
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        assertThat(finding.sentence()).isEqualTo("10 operations succeeded under 1 faults; never applied: pause");
        assertThat(Figures.whole(finding, "byFunction", "write", "fail")).isEqualTo(1);
    }

    @Test
    void too_few_operations_show_nothing() {
        assertThat(check(Set.of(), writes(9)).verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(check(Set.of(), writes(9)).sentence()).isEqualTo("only 9 operations succeeded, at least 10 must");
    }

    @Test
    void a_function_that_never_succeeded_was_not_tested() {
        HistoryBuilder history = writes(10);
        for (long i = 0; i < 20; i++) history.did("read", "k").from(200 + i * 2).to(201 + i * 2).failed("STALE");
        assertThat(check(Set.of(), history).sentence()).isEqualTo("none of 20 operations read succeeded");
        assertThat(check(Set.of(), history).verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void a_run_whose_faults_did_not_bite_shows_nothing() {
        var finding = check(Set.of("kill"), writes(10).nemesis("inject", 1, "kill").from(20).to(30).failed("no effect"));
        assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
        assertThat(finding.sentence()).isEqualTo("faults were asked for, and none was seen to bite");
    }

    @Test
    void a_run_without_faults_needs_none() {
        assertThat(check(Set.of(), writes(10)).verdict()).isEqualTo(Verdict.VALID);
    }
}
