package io.engram.jepsen.docker.fault;

import io.engram.jepsen.nemesis.Fault;
import java.util.List;
import java.util.Locale;

/// What is told to tc, to the netfilter queue's tool and to iptables to interfere with packets. Only what goes to other nodes is touched:
/// how clients fare is what shall be measured.
final class PacketRules {
    private static final String CHAIN = "ENGRAM-PACKETS";
    private static final int QUEUE = 7;

    /// Takes everything away; harmless if there is nothing.
    static final String MEND = """
            if [ -e /run/engram/netem.pid ]; then kill -KILL $(cat /run/engram/netem.pid) 2>/dev/null; rm -f /run/engram/netem.pid; fi
            while iptables -w -D OUTPUT -j %1$s 2>/dev/null; do :; done
            if iptables -w -n -L %1$s >/dev/null 2>&1; then iptables -w -F %1$s && iptables -w -X %1$s || exit 1; fi
            if /usr/sbin/tc qdisc show dev eth0 | grep -q 'prio 1:'; then /usr/sbin/tc qdisc del dev eth0 root; fi
            true""".formatted(CHAIN);

    static final String NONE_LEFT = """
            ! iptables -w -S | grep -q %s && ! /usr/sbin/tc qdisc show dev eth0 | grep -q -e netem -e 'prio 1:' && [ ! -e /run/engram/netem.pid ]"""
            .formatted(CHAIN);

    private PacketRules() {}

    /// In the order of preference.
    enum Tool {
        NETEM("tc netem") {
            @Override
            boolean can(Fault.Packets fault) {
                return true;
            }

            // A band of its own for what goes to other nodes; everything else stays in the first.
            @Override
            String script(Fault.Packets fault, List<String> others, long seed) {
                StringBuilder script = new StringBuilder("set -e; tc=/usr/sbin/tc\n")
                        .append("$tc qdisc add dev eth0 root handle 1: prio bands 4 priomap 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0\n")
                        .append("$tc qdisc add dev eth0 parent 1:4 handle 40: netem limit 100000 delay ").append(fault.delay().toMillis()).append("ms ")
                        .append(fault.jitter().toMillis()).append("ms loss ").append(percent(fault.loss()));
                if (fault.reorder() > 0) script.append(" reorder ").append(percent(fault.reorder()));
                script.append('\n');
                for (String other : others)
                    script.append("$tc filter add dev eth0 parent 1: protocol ip u32 match ip dst ").append(other).append("/32 flowid 1:4\n");
                return script.toString();
            }
        },
        QUEUE("netfilter queue") {
            @Override
            boolean can(Fault.Packets fault) {
                return true;
            }

            @Override
            String script(Fault.Packets fault, List<String> others, long seed) {
                return """
                        set -e
                        /opt/faults/engram-faults netem %d %d %d %s %s %d > /run/engram/netem.out 2>&1 & echo $! > /run/engram/netem.pid
                        i=0; until grep -q up /run/engram/netem.out; do i=$((i + 1)); [ $i -lt 50 ] || exit 1; sleep 0.1; done
                        """.formatted(PacketRules.QUEUE, fault.delay().toMillis(), fault.jitter().toMillis(), share(fault.loss()), share(fault.reorder()), seed >>> 1)
                        + rules(others, "-j NFQUEUE --queue-num " + PacketRules.QUEUE + " --queue-bypass");
            }
        },
        STATISTIC("iptables statistic") {
            @Override
            boolean can(Fault.Packets fault) {
                return fault.delay().isZero() && fault.jitter().isZero() && fault.reorder() == 0;
            }

            @Override
            String script(Fault.Packets fault, List<String> others, long seed) {
                return "set -e\n" + rules(others, "-m statistic --mode random --probability " + share(fault.loss()) + " -j DROP");
            }
        };

        private final String shown;

        Tool(String shown) {
            this.shown = shown;
        }

        abstract boolean can(Fault.Packets fault);

        /// @param others addresses
        abstract String script(Fault.Packets fault, List<String> others, long seed);

        String shown() {
            return shown;
        }
    }

    private static String rules(List<String> others, String what) {
        StringBuilder rules = new StringBuilder("iptables -w -N ").append(CHAIN).append('\n');
        for (String other : others) rules.append("iptables -w -A ").append(CHAIN).append(" -d ").append(other).append(' ').append(what).append('\n');
        return rules.append("iptables -w -I OUTPUT -j ").append(CHAIN).toString();
    }

    private static String share(double share) {
        return String.format(Locale.ROOT, "%.4f", share);
    }

    private static String percent(double share) {
        return String.format(Locale.ROOT, "%.2f%%", share * 100);
    }
}
