package io.engram.jepsen.history;

import static io.engram.jepsen.history.HistoryBuilder.aHistory;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FaultWindowTest {
    private static final long MS = 1_000_000;

    @Test
    void a_fault_that_bit_and_was_mended_has_all_four_edges() {
        var windows = FaultWindow.in(aHistory().fault(3, "partition", 10, 50, "n1", "n2").build());
        assertThat(windows).singleElement().satisfies(w -> {
            assertThat(w.id()).isEqualTo(3);
            assertThat(w.fault()).isEqualTo("partition");
            assertThat(w.nodes()).containsExactly("n1", "n2");
            assertThat(w.injectBegan()).isEqualTo(10 * MS);
            assertThat(w.injectDone()).isEqualTo(11 * MS);
            assertThat(w.healBegan()).isEqualTo(49 * MS);
            assertThat(w.healDone()).isEqualTo(50 * MS);
            assertThat(w.seen()).isEqualTo("no answer from n1");
            assertThat(w.tool()).isEqualTo("iptables");
            assertThat(w.applied()).isTrue();
            assertThat(w.error()).isNull();
        });
    }

    @Test
    void a_fault_that_was_never_mended_is_active_for_ever() {
        var window = FaultWindow.in(aHistory().fault(1, "kill", 10, -1, "n1").build()).getFirst();
        assertThat(window.healDone()).isEqualTo(FaultWindow.NEVER);
        assertThat(window.activeAt(9 * MS)).isFalse();
        assertThat(window.activeAt(10 * MS)).isTrue();
        assertThat(window.activeAt(Long.MAX_VALUE - 1)).isTrue();
    }

    @Test
    void a_fault_that_did_not_bite_was_not_applied_and_ends_with_the_attempt() {
        var window = FaultWindow.in(aHistory().nemesis("inject", 1, "pause").from(10).to(20).failed("no effect").build()).getFirst();
        assertThat(window.applied()).isFalse();
        assertThat(window.error()).isEqualTo("no effect");
        assertThat(window.activeAt(15 * MS)).isTrue();
        assertThat(window.activeAt(20 * MS)).isFalse();
    }

    @Test
    void a_heal_that_failed_leaves_the_window_open_until_one_succeeds() {
        var history = aHistory()
                .fault(1, "kill", 10, -1, "n1")
                .nemesis("heal", 1, "kill").from(20).to(25).failed("still dead")
                .nemesis("heal", 1, "kill").from(30).to(35)
                .nemesis("heal", 1, "kill").from(40).to(45);
        var window = FaultWindow.in(history.build()).getFirst();
        assertThat(window.healBegan()).isEqualTo(20 * MS);
        assertThat(window.healDone()).isEqualTo(35 * MS);
        assertThat(window.error()).isNull();
    }

    @Test
    void a_heal_without_an_id_mends_all_that_is_open() {
        var history = aHistory().fault(1, "kill", 10, -1, "n1").fault(2, "pause", 12, -1, "n2").fault(3, "clock", 13, 20, "n3").build();
        var healed = new ArrayList<>(history.ops());
        healed.add(new Op(healed.size(), OpType.INFO, Op.NEMESIS, "heal", null, Value.NIL, 60 * MS, Evidence.NONE, null));
        assertThat(FaultWindow.in(new History(healed))).extracting(FaultWindow::healDone).containsExactly(60 * MS, 60 * MS, 20 * MS);
    }

    @Test
    void a_heal_of_a_fault_that_nobody_injected_is_refused_with_its_index() {
        var history = aHistory().nemesis("heal", 7, "kill").from(1).to(2).build();
        assertThatThrownBy(() -> FaultWindow.in(history)).hasMessage("op 0: fault 7 is healed but was never injected");
    }

    @Test
    void a_history_from_elsewhere_has_none() {
        var op = new Op(0, OpType.INFO, Op.NEMESIS, "start-partition", null, Value.of("n1"), 5, Evidence.NONE, null);
        assertThat(FaultWindow.in(new History(List.of(op)))).isEmpty();
    }
}
