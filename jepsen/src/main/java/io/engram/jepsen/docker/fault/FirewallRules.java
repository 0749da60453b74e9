package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Fault.Plane;
import java.util.Collection;
import java.util.List;

/// What is told to iptables: a chain of its own for each partition, entered from INPUT, so that partitions lie on top of each other
/// and each can be taken away by its name.
final class FirewallRules {
    static final String PREFIX = "ENGRAM-F";

    private FirewallRules() {}

    static String chain(int id) {
        return PREFIX + id;
    }

    /// Ports between nodes that belong to a plane; of ALL: every one of them.
    static List<Integer> ports(Plane plane) {
        return switch (plane) {
            case ALL -> List.of(ContainerNode.PEERS, ContainerNode.RAFT, ContainerNode.HAZELCAST, ContainerNode.IGNITE_DISCOVERY,
                    ContainerNode.IGNITE_COMMUNICATION);
            case RAFT -> List.of(ContainerNode.RAFT);
            case HAZELCAST -> List.of(ContainerNode.HAZELCAST);
            case IGNITE -> List.of(ContainerNode.IGNITE_DISCOVERY, ContainerNode.IGNITE_COMMUNICATION);
            case PEERS -> List.of(ContainerNode.PEERS);
            case CLIENTS -> List.of(ContainerNode.CLIENTS);
        };
    }

    /// A script that makes a node deaf to others. All rules come into force at once.
    ///
    /// @param from addresses that are no longer heard; not looked at for CLIENTS, who may come from anywhere
    static String cut(int id, Plane plane, Collection<String> from) {
        StringBuilder rules = new StringBuilder("iptables-restore -w --noflush <<'RULES'\n*filter\n:").append(chain(id)).append(" - [0:0]\n");
        if (plane == Plane.ALL)
            // Packet faults are looked at through a port that nodes do not know: they can be seen on a node that is cut off, too.
            for (String end : List.of("--dport", "--sport"))
                rules.append("-A ").append(chain(id)).append(" -p udp ").append(end).append(' ').append(ContainerNode.PROBES).append(" -j RETURN\n");
        if (plane == Plane.CLIENTS) rules.append(rule(id, "-p tcp --dport " + ContainerNode.CLIENTS));
        else for (String address : from) {
            if (plane == Plane.ALL) rules.append(rule(id, "-s " + address));
            else for (int port : ports(plane))
                // A connection may have been opened from either end. Datagrams too: the probes are datagrams.
                for (String protocol : List.of("tcp", "udp"))
                    rules.append(rule(id, "-s " + address + " -p " + protocol + " --dport " + port))
                            .append(rule(id, "-s " + address + " -p " + protocol + " --sport " + port));
        }
        return rules.append("COMMIT\nRULES\niptables -w -C INPUT -j ").append(chain(id)).append(" 2>/dev/null || iptables -w -I INPUT -j ")
                .append(chain(id)).toString();
    }

    /// A script that takes a partition away; harmless if there is none.
    static String mend(int id) {
        return removal("-x " + chain(id));
    }

    /// A script that takes away every partition, whoever made it.
    static String mendAll() {
        return removal("^" + PREFIX);
    }

    /// @param pattern arguments of grep
    private static String removal(String pattern) {
        return """
                for chain in $(iptables -w -S | sed -n 's/^-N //p' | grep %s); do
                  while iptables -w -D INPUT -j $chain 2>/dev/null; do :; done
                  iptables -w -F $chain && iptables -w -X $chain || exit 1
                done""".formatted(pattern);
    }

    private static String rule(int id, String match) {
        return "-A " + chain(id) + " " + match + " -j DROP\n";
    }
}
