package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Delay, jitter, loss and reordering of what a node sends to the others: by the kernel's netem where it has one, else by a netfilter
/// queue, else (loss only) by iptables. Which one it was stands in the effect.
final class PacketFaults implements Breakage<Fault.Packets> {
    private static final int EVERY_MILLIS = 10;
    private static final int FEW = 20;
    private static final int MANY = 300;
    private static final java.time.Duration SHOWS = java.time.Duration.ofSeconds(20);

    private final List<ContainerNode> nodes;
    private final long seed;
    private final Holds<Fault.Packets> holds = new Holds<>();

    /// @param seed of the netfilter queue's draws; the kernel's tools take none
    PacketFaults(List<ContainerNode> nodes, long seed) {
        this.nodes = nodes;
        this.seed = seed;
    }

    /// Whether packets are lost on purpose anywhere.
    boolean lossy() {
        return holds.any();
    }

    @Override
    public Effect inject(int id, Fault.Packets fault, List<ContainerNode> hit) throws FaultException {
        if (nodes.size() < 2) throw new FaultException("packets need two nodes or more");
        Map<ContainerNode, String> tools = Together.ask(hit, node -> {
            holds.add(id, node, fault);
            return impose(node, fault);
        });
        Map<ContainerNode, String> seen = Together.ask(hit, node -> bites(node, fault));
        List<String> said = new ArrayList<>();
        seen.forEach((node, what) -> said.add(node.name() + " " + what));
        return new Effect(Nodes.names(hit), String.join("; ", said), String.join(", ", new TreeSet<>(tools.values())));
    }

    @Override
    public String heal(int id, Fault.Packets fault, List<ContainerNode> hit) throws FaultException {
        Together.all(hit, node -> {
            holds.remove(id, node);
            Optional<Fault.Packets> left = holds.youngest(node);
            if (left.isPresent()) impose(node, left.get());
            else mend(node);
        });
        if (holds.any()) return "rules gone";
        // Not the round trip's time: a node may be short of processors, now or because of another fault.
        Together.until(SHOWS, "packets are still lost", () -> Together.ask(hit, node -> round(node, FEW, 500)).values().stream()
                .allMatch(round -> round.answered() == round.sent()));
        return "rules gone, no packet lost";
    }

    @Override
    public void forget() {
        holds.clear();
    }

    static void mend(ContainerNode node) throws FaultException {
        node.run(PacketRules.MEND);
        if (!node.holds(PacketRules.NONE_LEFT)) throw new FaultException("packets of " + node.name() + " are still interfered with");
    }

    private String impose(ContainerNode node, Fault.Packets fault) throws FaultException {
        node.run(PacketRules.MEND);
        List<String> others = nodes.stream().filter(other -> other != node).map(ContainerNode::address).toList();
        for (PacketRules.Tool tool : PacketRules.Tool.values())
            if (tool.can(fault) && node.holds(tool.script(fault, others, seed))) return tool.shown();
            else node.run(PacketRules.MEND);
        throw new FaultException("no tool on " + node.name() + " can do " + fault);
    }

    /// @param medianMicros of the node that answered soonest
    private record Round(int sent, int answered, long fastestMicros, long slowestMicros, long medianMicros) {}

    /// Datagrams to the other nodes, which send them back.
    private Round round(ContainerNode node, int count, long waitMillis) {
        String targets = String.join(" ", nodes.stream().filter(other -> other != node).map(other -> other.address() + ":" + ContainerNode.PROBES).toList());
        Round all = new Round(0, 0, Long.MAX_VALUE, 0, Long.MAX_VALUE);
        for (String line : node.run("/opt/faults/engram-faults udp %d %d %d packets %s".formatted(count, EVERY_MILLIS, waitMillis, targets)).lines().toList()) {
            String[] parts = line.split(" ", -1);
            int answered = Integer.parseInt(parts[3]);
            all = new Round(all.sent() + Integer.parseInt(parts[2]), all.answered() + answered,
                    answered == 0 ? all.fastestMicros() : Math.min(all.fastestMicros(), Long.parseLong(parts[4])), Math.max(all.slowestMicros(), Long.parseLong(parts[5])),
                    answered == 0 ? all.medianMicros() : Math.min(all.medianMicros(), Long.parseLong(parts[6])));
        }
        return all;
    }

    private String bites(ContainerNode node, Fault.Packets fault) throws FaultException {
        long wait = 400 + 3 * fault.delay().plus(fault.jitter()).toMillis();
        Round round = round(node, fault.loss() > 0 && fault.loss() < 0.2 ? MANY : 3 * FEW, wait);
        String said = "%d of %d packets answered, in %.1f to %.1f ms".formatted(round.answered(), round.sent(),
                round.answered() == 0 ? 0 : round.fastestMicros() / 1000.0, round.slowestMicros() / 1000.0);
        if (fault.loss() > 0 && round.answered() == round.sent()) throw new FaultException("no packet of " + node.name() + " was lost: " + said);
        if (round.answered() == 0 && fault.loss() < 0.9) throw new FaultException("no packet of " + node.name() + " came through: " + said);
        // The median: one that is slow may be slow by itself. Jitter, and what overtakes, may take more than half of the delay from it.
        if (round.answered() > 0 && round.medianMicros() < fault.delay().toNanos() / 1000 * 4 / 10)
            throw new FaultException("packets of " + node.name() + " are not delayed: " + said);
        if (fault.reorder() > 0 && round.fastestMicros() > fault.delay().toNanos() / 1000 * 8 / 10 && fault.delay().compareTo(fault.jitter()) > 0)
            throw new FaultException("no packet of " + node.name() + " overtook others: " + said);
        return said;
    }
}
