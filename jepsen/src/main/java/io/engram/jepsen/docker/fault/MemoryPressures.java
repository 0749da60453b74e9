package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A balloon in memory beside the node, within the container's limit: hardly anything is left for it, or so little that the kernel kills it.
final class MemoryPressures implements Breakage<Fault.MemoryPressure> {
    /// What is left to the node under pressure that shall not kill it.
    private static final long LEFT = 48L << 20;

    private static final Duration FILLED = Duration.ofMinutes(2);

    /// What the node cannot give back counts, not the cache of files. Version 1 and version 2 of the kernel's control groups.
    private static final String COUNTERS = """
            if [ -e /sys/fs/cgroup/memory/memory.stat ]; then
              group=/sys/fs/cgroup/memory
              free_bytes() { awk -v limit=$(cat $group/memory.limit_in_bytes) '$1 == "rss" || $1 == "shmem" { used += $2 } END { printf "%d\\n", limit - used }' $group/memory.stat; }
              kills() { awk '$1 == "oom_kill" { print $2 }' $group/memory.oom_control; }
            else
              group=/sys/fs/cgroup
              free_bytes() { awk -v limit=$(cat $group/memory.max) '$1 == "anon" || $1 == "shmem" || $1 == "kernel" { used += $2 } END { printf "%d\\n", limit - used }' $group/memory.stat; }
              kills() { awk '$1 == "oom_kill" { print $2 }' $group/memory.events; }
            fi
            """;

    private final Recovery recovery;
    private final Holds<Boolean> holds = new Holds<>();

    MemoryPressures(Recovery recovery) {
        this.recovery = recovery;
    }

    @Override
    public Effect inject(int id, Fault.MemoryPressure fault, List<ContainerNode> hit) throws FaultException {
        Nodes.mustRun(hit);
        Map<ContainerNode, String> seen = Together.ask(hit, node -> {
            holds.add(id, node, fault.kill());
            return fault.kill() ? untilKilled(node) : fill(node);
        });
        List<String> said = new ArrayList<>();
        seen.forEach((node, what) -> said.add(node.name() + " " + what));
        return new Effect(Nodes.names(hit), String.join("; ", said), "");
    }

    @Override
    public String heal(int id, Fault.MemoryPressure fault, List<ContainerNode> hit) throws FaultException {
        hit.forEach(node -> holds.remove(id, node));
        List<ContainerNode> free = hit.stream().filter(node -> holds.youngest(node).isEmpty()).toList();
        Together.all(free, MemoryPressures::mend);
        return "memory given back, " + recovery.ready(free);
    }

    @Override
    public void forget() {
        holds.clear();
    }

    static void mend(ContainerNode node) throws FaultException {
        if (!node.run("rm -f /run/balloon/*; ls /run/balloon").isEmpty()) throw new FaultException("the balloon beside " + node.name() + " is still there");
    }

    private static String fill(ContainerNode node) throws FaultException {
        String said = node.run(COUNTERS + """
                bulk=$(( ($(free_bytes) - %1$d) / 1048576 - 16 ))
                [ $bulk -lt 1 ] || dd if=/dev/zero of=/run/balloon/bulk bs=1M count=$bulk 2>/dev/null
                step=0
                while [ $(free_bytes) -gt %1$d ] && [ $step -lt 1000 ]; do
                  dd if=/dev/zero of=/run/balloon/$step bs=1M count=8 2>/dev/null || break
                  step=$((step + 1))
                done
                echo $(free_bytes)""".formatted(LEFT), FILLED).strip();
        long free = Long.parseLong(said);
        if (free > 2 * LEFT) throw new FaultException(node.name() + " has " + (free >> 20) + " MiB left");
        return "has " + (free >> 20) + " MiB left";
    }

    /// The balloon is given back at once when the kernel has struck: the node comes back under its supervisor, as it would anywhere.
    private static String untilKilled(ContainerNode node) throws FaultException {
        long pid = node.life().pid();
        String said = node.run(COUNTERS + """
                before=$(kills); step=0
                while [ $(kills) = $before ] && [ $step -lt 1000 ]; do
                  dd if=/dev/zero of=/run/balloon/$step bs=1M count=4 2>/dev/null
                  step=$((step + 1))
                done
                rm -f /run/balloon/*
                echo $(($(kills) - before))""", FILLED).strip();
        if (said.equals("0")) throw new FaultException("the kernel killed nothing on " + node.name());
        Together.until(Duration.ofSeconds(10), "the kernel did not kill the node on " + node.name(), () -> node.life().pid() != pid);
        return "was killed by the kernel for lack of memory";
    }
}
