package io.engram.jepsen.docker.fault;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.nemesis.Fault.Plane;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallRulesTest {
    @Test
    void a_cut_on_every_plane_drops_whatever_comes_from_the_others() {
        assertThat(FirewallRules.cut(3, Plane.ALL, List.of("10.1.2.11", "10.1.2.12"))).isEqualTo("""
                iptables-restore -w --noflush <<'RULES'
                *filter
                :ENGRAM-F3 - [0:0]
                -A ENGRAM-F3 -p udp --dport 7509 -j RETURN
                -A ENGRAM-F3 -p udp --sport 7509 -j RETURN
                -A ENGRAM-F3 -s 10.1.2.11 -j DROP
                -A ENGRAM-F3 -s 10.1.2.12 -j DROP
                COMMIT
                RULES
                iptables -w -C INPUT -j ENGRAM-F3 2>/dev/null || iptables -w -I INPUT -j ENGRAM-F3""");
    }

    @Test
    void a_cut_on_one_plane_drops_its_ports_whoever_opened_the_connection() {
        assertThat(FirewallRules.cut(3, Plane.RAFT, List.of("10.1.2.11")).lines().filter(line -> line.startsWith("-A"))).containsExactly(
                "-A ENGRAM-F3 -s 10.1.2.11 -p tcp --dport 7502 -j DROP", "-A ENGRAM-F3 -s 10.1.2.11 -p tcp --sport 7502 -j DROP",
                "-A ENGRAM-F3 -s 10.1.2.11 -p udp --dport 7502 -j DROP", "-A ENGRAM-F3 -s 10.1.2.11 -p udp --sport 7502 -j DROP");
    }

    @Test
    void clients_are_cut_off_wherever_they_come_from() {
        assertThat(FirewallRules.cut(3, Plane.CLIENTS, List.of()).lines().filter(line -> line.startsWith("-A")))
                .containsExactly("-A ENGRAM-F3 -p tcp --dport 7500 -j DROP");
    }

    @Test
    void mending_one_partition_names_it_exactly() {
        // ENGRAM-F1 must not take ENGRAM-F12 away.
        assertThat(FirewallRules.mend(1)).contains("grep -x ENGRAM-F1)");
        assertThat(FirewallRules.mendAll()).contains("grep ^ENGRAM-F)");
    }

    @Test
    void each_plane_has_its_ports() {
        assertThat(FirewallRules.ports(Plane.ALL)).containsExactly(7501, 7502, 7503, 7504, 7505);
        assertThat(FirewallRules.ports(Plane.IGNITE)).containsExactly(7504, 7505);
    }
}
