package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A share of the processors that is too small, by the kernel's quota.
final class Starvations implements Breakage<Fault.Starvation> {
    /// Wants a whole core for a second; prints how often the kernel held the container back meanwhile, and the nanoseconds that it got.
    private static final String WANT = """
            if [ -e /sys/fs/cgroup/cpuacct/cpuacct.usage ]; then
              stat=/sys/fs/cgroup/cpu/cpu.stat; used() { cat /sys/fs/cgroup/cpuacct/cpuacct.usage; }
            else
              stat=/sys/fs/cgroup/cpu.stat; used() { awk '$1 == "usage_usec" { printf "%d\\n", $2 * 1000 }' $stat; }
            fi
            throttled() { awk '$1 == "nr_throttled" { print $2 }' $stat; }
            now() { read -r up _ < /proc/uptime; echo ${up%.*}${up#*.}0; }
            from=$(throttled); had=$(used); start=$(now)
            timeout 1 sh -c 'while :; do :; done' 2>/dev/null || true
            echo $(($(throttled) - from)) $(($(used) - had)) $(($(now) - start))""";

    private final Holds<Fault.Starvation> holds = new Holds<>();

    private record Got(long throttled, double cores) {
        static Got measure(ContainerNode node) {
            // A shell may say that its loop was ended: the last line counts.
            String[] parts = node.run(WANT).strip().lines().reduce("", (before, line) -> line).split(" ", -1);
            return new Got(Long.parseLong(parts[0]), Long.parseLong(parts[1]) / 1e6 / Math.max(1, Long.parseLong(parts[2])));
        }
    }

    @Override
    public Effect inject(int id, Fault.Starvation fault, List<ContainerNode> hit) throws FaultException {
        if (fault.cpus() < 0.01) throw new FaultException("cpus must be at least 0.01, was " + fault.cpus());
        Map<ContainerNode, Got> seen = Together.ask(hit, node -> {
            holds.add(id, node, fault);
            node.cpus(fault.cpus());
            Got got = Got.measure(node);
            if (got.throttled() == 0 || got.cores() > fault.cpus() * 1.5 + 0.05)
                throw new FaultException("%s is not short of processors: throttled %d times, got %.2f of a core".formatted(node.name(), got.throttled(), got.cores()));
            return got;
        });
        List<String> said = new ArrayList<>();
        seen.forEach((node, got) -> said.add(String.format(Locale.ROOT, "%s wanted a core and got %.2f, throttled %d times", node.name(), got.cores(), got.throttled())));
        return new Effect(Nodes.names(hit), String.join("; ", said), "");
    }

    @Override
    public String heal(int id, Fault.Starvation fault, List<ContainerNode> hit) throws FaultException {
        Together.all(hit, node -> {
            holds.remove(id, node);
            Optional<Fault.Starvation> left = holds.youngest(node);
            if (left.isPresent()) node.cpus(left.get().cpus());
            else mend(node);
        });
        return "no quota";
    }

    @Override
    public void forget() {
        holds.clear();
    }

    static void mend(ContainerNode node) throws FaultException {
        node.cpus(0);
        String quota = node.run("cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cut -d ' ' -f 1 /sys/fs/cgroup/cpu.max").strip();
        if (!quota.equals("-1") && !quota.equals("max")) throw new FaultException(node.name() + " still has a quota of " + quota);
    }
}
