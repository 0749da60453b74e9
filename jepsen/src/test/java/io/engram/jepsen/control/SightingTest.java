package io.engram.jepsen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.report.Results;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SightingTest {
    private static final Control CONTROL = Controls.all().stream().filter(c -> c.checker().equals("linearizable")).findFirst().orElseThrow();

    private final History history = tenReads();

    @Test
    void counts_the_operations_that_had_begun_when_the_evidence_was_complete() {
        Finding said = Finding.invalid("linearizable", "wrong", Map.of(), List.of(history.ops().get(2), history.ops().get(7)));
        Sighting sighting = sighting(said);
        assertThat(sighting.found()).isTrue();
        assertThat(sighting.operations()).isEqualTo(4);
        assertThat(sighting.sentence()).isEqualTo("wrong");
    }

    @Test
    void a_verdict_of_another_checker_is_no_sighting() {
        Finding other = Finding.invalid("recovery", "a node did not come back", Map.of(), List.of());
        Sighting sighting = sighting(other, Finding.valid("linearizable", "all in order", Map.of()));
        assertThat(sighting.found()).isFalse();
        assertThat(sighting.verdict()).isEqualTo(Verdict.VALID);
        assertThat(sighting.operations()).isEqualTo(10);
    }

    @Test
    void unknown_is_no_sighting() {
        assertThat(sighting(Finding.unknown("linearizable", "out of time", Map.of())).found()).isFalse();
    }

    @Test
    void a_control_whose_checker_was_not_asked_is_a_fault_of_the_harness() {
        assertThatThrownBy(() -> sighting(Finding.valid("set", "all there", Map.of())))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no checker linearizable");
    }

    private Sighting sighting(Finding... findings) {
        return Sighting.of(CONTROL, Results.of(List.of(findings), Map.of()), history, 1, Duration.ofSeconds(3));
    }

    private static History tenReads() {
        List<Op> ops = new ArrayList<>();
        for (int i = 0; i < 20; i++)
            ops.add(new Op(i, i % 2 == 0 ? OpType.INVOKE : OpType.OK, 0, "read", "k", Value.NIL, i, Evidence.NONE, null));
        return new History(ops);
    }
}
