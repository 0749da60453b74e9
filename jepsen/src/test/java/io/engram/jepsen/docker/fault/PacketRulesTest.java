package io.engram.jepsen.docker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.docker.fault.PacketRules.Tool;
import io.engram.jepsen.nemesis.Fault;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class PacketRulesTest {
    private static final Fault.Packets LOSS = new Fault.Packets(Duration.ZERO, Duration.ZERO, 0.05, 0);
    private static final Fault.Packets ALL = new Fault.Packets(Duration.ofMillis(80), Duration.ofMillis(20), 0.05, 0.25);
    private static final List<String> OTHERS = List.of("10.1.2.12", "10.1.2.13");

    @Test
    void the_kernel_is_asked_first_and_iptables_last_for_loss_only() {
        assertThat(Tool.values()).containsExactly(Tool.NETEM, Tool.QUEUE, Tool.STATISTIC);
        assertThat(Tool.STATISTIC.can(LOSS)).isTrue();
        assertThat(Tool.STATISTIC.can(ALL)).isFalse();
    }

    @Test
    void netem_delays_what_goes_to_other_nodes_and_nothing_else() {
        assertThat(Tool.NETEM.script(ALL, OTHERS, 1)).contains("netem limit 100000 delay 80ms 20ms loss 5.00% reorder 25.00%")
                .contains("match ip dst 10.1.2.12/32 flowid 1:4").contains("match ip dst 10.1.2.13/32 flowid 1:4")
                .contains("priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0");
        assertThat(Tool.NETEM.script(LOSS, OTHERS, 1)).doesNotContain("reorder");
    }

    @Test
    void the_queue_gets_what_goes_to_other_nodes_and_lets_it_pass_when_the_tool_is_gone() {
        assertThat(Tool.QUEUE.script(ALL, OTHERS, 5)).contains("netem 7 80 20 0.0500 0.2500 2 ")
                .contains("-d 10.1.2.12 -j NFQUEUE --queue-num 7 --queue-bypass").contains("-d 10.1.2.13 -j NFQUEUE");
    }

    @Test
    void iptables_drops_by_chance() {
        assertThat(Tool.STATISTIC.script(LOSS, OTHERS, 1)).contains("-d 10.1.2.12 -m statistic --mode random --probability 0.0500 -j DROP");
    }
}
