package io.engram.jepsen.cluster;

import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/// What can be done to processes by signals and by removing files: kill, pause, replace, rolling restart.
final class ProcessNemesis implements Nemesis {
    private static final Duration BITE = Duration.ofSeconds(10);
    /// A start takes seconds on a quiet machine; several at once on a busy one take longer.
    private static final Duration START = Duration.ofSeconds(90);

    private final List<LocalNode> nodes;
    private final Aim aim;
    private final Map<Integer, List<LocalNode>> broken = new HashMap<>();

    ProcessNemesis(List<LocalNode> nodes, Aim aim) {
        this.nodes = nodes;
        this.aim = aim;
    }

    @Override
    public Effect inject(Planned planned) throws FaultException {
        List<LocalNode> hit = new ArrayList<>();
        for (String name : aim.at(planned.target()))
            hit.add(nodes.stream().filter(n -> n.name().equals(name)).findFirst().orElseThrow());
        for (LocalNode node : hit) if (!node.alive()) throw new FaultException("node " + node.name() + " is down already");
        broken.put(planned.id(), hit);
        try {
            String seen = switch (planned.fault()) {
                case Fault.Kill kill -> kill(hit);
                case Fault.Pause pause -> pause(hit);
                case Fault.Replace replace -> replace(hit);
                case Fault.RollingRestart rolling -> restart(hit);
                case Fault.Partition p -> throw refused("partition");
                case Fault.Clock c -> throw refused("clock");
                case Fault.Packets p -> throw refused("packets");
                case Fault.DiskFull d -> throw refused("disk-full");
                case Fault.SlowDisk s -> throw refused("slow-disk");
                case Fault.LostWrites l -> throw refused("lost-writes");
                case Fault.Damage d -> throw refused("damage");
                case Fault.MemoryPressure m -> throw refused("memory");
                case Fault.Starvation s -> throw refused("starvation");
            };
            return new Effect(names(hit), seen, "");
        } catch (FaultException | RuntimeException e) {
            mend(hit);
            broken.remove(planned.id());
            if (e instanceof FaultException fault) throw fault;
            throw new FaultException("could not inject " + planned.fault() + " into " + names(hit), e);
        }
    }

    @Override
    public Effect heal(Planned planned) throws FaultException {
        List<LocalNode> hit = broken.getOrDefault(planned.id(), List.of());
        if (hit.isEmpty()) return new Effect(List.of(), "nothing was broken", "");
        mend(hit);
        broken.remove(planned.id());
        return new Effect(names(hit), "running, not stopped, answers over HTTP", "");
    }

    @Override
    public void healAll() throws FaultException {
        mend(nodes);
        broken.clear();
    }

    @Override
    public void close() {
        try {
            healAll();
        } catch (FaultException e) {
            throw new IllegalStateException("nodes stay broken", e);
        }
    }

    private static String kill(List<LocalNode> hit) throws FaultException {
        hit.parallelStream().forEach(LocalNode::kill);
        await(hit, node -> !node.alive(), BITE, "still runs after SIGKILL");
        return "process gone";
    }

    private static String pause(List<LocalNode> hit) throws FaultException {
        hit.forEach(LocalNode::pause);
        await(hit, LocalNode::stopped, BITE, "still runs after SIGSTOP");
        return "process state T";
    }

    private static String replace(List<LocalNode> hit) throws FaultException {
        kill(hit);
        hit.forEach(LocalNode::wipe);
        hit.forEach(LocalNode::start);
        return "data wiped, started empty";
    }

    private static String restart(List<LocalNode> hit) throws FaultException {
        for (LocalNode node : hit) {
            node.stop();
            node.start();
            await(List.of(node), LocalNode::ready, START, "is not ready after its restart");
        }
        return "stopped, started and ready one after another";
    }

    /// First everything is set going, then waited for: nodes may need one another to start.
    private static void mend(List<LocalNode> nodes) throws FaultException {
        for (LocalNode node : nodes) {
            try {
                if (node.alive()) node.resume();
                else node.start();
            } catch (RuntimeException e) {
                throw new FaultException("node " + node.name() + " could not be set going", e);
            }
        }
        await(nodes, node -> node.alive() && !node.stopped() && node.answers(), START, "does not run again");
    }

    private static void await(List<LocalNode> nodes, Predicate<LocalNode> wanted, Duration limit, String otherwise) throws FaultException {
        long end = System.nanoTime() + limit.toNanos();
        for (LocalNode node : nodes) {
            while (!wanted.test(node)) {
                if (System.nanoTime() - end > 0) throw new FaultException("node " + node.name() + " " + otherwise + ":\n" + node.lastLines(10));
                try {
                    TimeUnit.MILLISECONDS.sleep(20);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new FaultException("interrupted while waiting for node " + node.name(), e);
                }
            }
        }
    }

    private static List<String> names(List<LocalNode> nodes) {
        return nodes.stream().map(LocalNode::name).toList();
    }

    private static FaultException refused(String fault) {
        return new FaultException(fault + " cannot be done to processes (they know kill, pause, replace, rolling-restart): use --backend containers");
    }
}
