package io.engram.jepsen.checker.spaces;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.checker.Figures;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.HistoryBuilder;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Value;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SpacesCheckerTest {
    private static Finding check(HistoryBuilder history) {
        return new SpacesChecker().check(history.build(), Limits.usual());
    }

    private static HistoryBuilder written() {
        return aHistory().process(0).did("write", "a", Value.of("a:1")).from(0).to(10).did("write", "b", Value.of("b:2")).from(11).to(20);
    }

    private static Value list(String... values) {
        return new Value.Items(Arrays.stream(values).map(Value::of).toList());
    }

    @Test
    void each_space_shows_its_own() {
        var finding = check(written().did("list", "a").from(30).to(40).returned(list("a:1")).did("list", "b").from(41).to(50).returned(list("b:2")));
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
        assertThat(Figures.whole(finding, "valuesShown")).isEqualTo(2);
    }

    @Test
    void a_value_of_another_space_is_cross_talk() {
        var finding = check(written().did("list", "a").from(30).to(40).returned(list("a:1", "b:2")));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
        assertThat(finding.sentence()).isEqualTo("space a showed b:2, which was written to space b");
        assertThat(finding.evidence()).extracting(Op::function).containsExactly("write", "write", "list", "list");
    }

    @Test
    void a_single_value_is_judged_too() {
        assertThat(check(written().did("read", "a").from(30).to(40).returned(Value.of("b:2"))).verdict()).isEqualTo(Verdict.INVALID);
    }

    @Test
    void a_value_that_nobody_wrote_is_a_phantom() {
        assertThat(check(written().did("list", "a").from(30).to(40).returned(list("a:9"))).sentence())
                .isEqualTo("space a showed a:9, which nobody wrote");
    }

    @Test
    void a_value_whose_write_had_failed_is_a_phantom() {
        var finding = check(written().did("write", "a", Value.of("a:3")).from(21).to(22).failed("SPACE_FULL").did("list", "a").from(30)
                .to(40).returned(list("a:3")));
        assertThat(finding.sentence()).isEqualTo("space a showed a:3, though its write had failed");
    }

    @Test
    void a_value_may_be_of_a_write_with_an_unknown_outcome() {
        var finding = check(written().did("list", "b").from(23).to(24).returned(list("b:2")).did("write", "a", Value.of("a:3")).from(25)
                .to(26).unknown()
                .process(1).did("list", "a").from(30).to(40).returned(list("a:1", "a:3")));
        assertThat(finding.verdict()).isEqualTo(Verdict.VALID);
    }

    @Test
    void a_value_cannot_be_shown_before_it_is_written() {
        var finding = check(written().did("list", "a").from(30).to(40).returned(list("a:5")).did("write", "a", Value.of("a:5")).from(50).to(60));
        assertThat(finding.verdict()).isEqualTo(Verdict.INVALID);
    }

    @Test
    void nothing_can_be_said_where_only_one_space_shows_anything() {
        var finding = check(written().did("list", "a").from(30).to(40).returned(list("a:1")).did("list", "b").from(41).to(50).returned(list()));
        assertThat(finding.verdict()).isEqualTo(Verdict.UNKNOWN);
    }

    @Test
    void nothing_can_be_said_of_values_that_belong_to_two_spaces() {
        var finding = check(aHistory().did("write", "a", 1).from(0).to(1).did("write", "b", 1).from(2).to(3)
                .did("list", "a").from(4).to(5).returnedItems(1));
        assertThat(finding.verdict()).isNotEqualTo(Verdict.VALID);
    }
}
