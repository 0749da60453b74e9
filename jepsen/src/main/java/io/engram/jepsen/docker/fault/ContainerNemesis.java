package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Every fault there is, on nodes in containers.
public final class ContainerNemesis implements Nemesis {
    private static final Logger log = LoggerFactory.getLogger(ContainerNemesis.class);

    private final List<ContainerNode> nodes;
    private final Aim aim;
    private final Map<Integer, List<ContainerNode>> broken = new HashMap<>();
    private final Partitions partitions;
    private final Recovery recovery;
    private final Kills kills;
    private final Pauses pauses;
    private final RollingRestarts rollingRestarts;
    private final Replacements replacements;
    private final Clocks clocks;
    private final PacketFaults packets;
    private final FullDisks fullDisks;
    private final SlowDisks slowDisks;
    private final PowerLosses powerLosses;
    private final Damages damages;
    private final MemoryPressures memoryPressures;
    private final Starvations starvations;

    /// @param random draws what a fault leaves open, such as the sides of a partition
    public ContainerNemesis(List<ContainerNode> nodes, Aim aim, RandomGenerator random) {
        this.nodes = List.copyOf(nodes);
        this.aim = aim;
        // The fault that asks counts among those at work.
        Downs downs = new Downs();
        this.pauses = new Pauses();
        this.recovery = new Recovery(() -> broken.size() <= 1, node -> downs.isDown(node) || pauses.holds(node));
        this.packets = new PacketFaults(this.nodes, random.nextLong());
        this.partitions = new Partitions(this.nodes, random, packets::lossy);
        this.kills = new Kills(downs, recovery);
        this.rollingRestarts = new RollingRestarts(downs, recovery);
        this.replacements = new Replacements(downs, recovery);
        this.clocks = new Clocks();
        this.fullDisks = new FullDisks(recovery);
        this.slowDisks = new SlowDisks();
        this.powerLosses = new PowerLosses(downs, recovery);
        this.damages = new Damages(downs, recovery, random);
        this.memoryPressures = new MemoryPressures(recovery);
        this.starvations = new Starvations();
    }

    @Override
    public Effect inject(Planned planned) throws FaultException {
        if (broken.containsKey(planned.id())) throw new FaultException("fault " + planned.id() + " is at work already");
        List<String> names = aim.at(planned.target());
        List<ContainerNode> hit = nodes.stream().filter(node -> names.contains(node.name())).toList();
        broken.put(planned.id(), hit);
        try {
            Effect effect = inject(planned.id(), planned.fault(), hit);
            log.info("fault injected id={} fault={} nodes={} seen={}", planned.id(), planned.fault(), effect.nodes(), effect.seen());
            return effect;
        } catch (FaultException | RuntimeException e) {
            takeBack(planned, hit, e);
            if (e instanceof FaultException fault) throw fault;
            throw new FaultException("could not inject " + planned.fault() + " into " + names + ": " + e, e);
        }
    }

    @Override
    public Effect heal(Planned planned) throws FaultException {
        List<ContainerNode> hit = broken.get(planned.id());
        if (hit == null) return new Effect(List.of(), "nothing was broken", "");
        try {
            String seen = heal(planned.id(), planned.fault(), hit);
            broken.remove(planned.id());
            log.info("fault healed id={} fault={} nodes={} seen={}", planned.id(), planned.fault(), Nodes.names(hit), seen);
            return new Effect(Nodes.names(hit), seen, "");
        } catch (FaultException | RuntimeException e) {
            // It stays among those at work: healing may be tried again.
            if (e instanceof FaultException fault) throw fault;
            throw new FaultException("could not heal " + planned.fault() + " of " + Nodes.names(hit) + ": " + e, e);
        }
    }

    @Override
    public void healAll() throws FaultException {
        broken.clear();
        breakages().forEach(Breakage::forget);
        Together.all(nodes, Mending::mend);
        partitions.verify();
        recovery.ready(nodes);
    }

    @Override
    public void close() {
        try {
            healAll();
        } catch (FaultException e) {
            throw new IllegalStateException("nodes stay broken", e);
        }
    }

    private void takeBack(Planned planned, List<ContainerNode> hit, Exception cause) {
        try {
            heal(planned.id(), planned.fault(), hit);
        } catch (FaultException | RuntimeException again) {
            cause.addSuppressed(again);
        }
        broken.remove(planned.id());
    }

    /// Rolling restarts first: nothing may go on stopping nodes.
    private List<Breakage<?>> breakages() {
        return List.of(rollingRestarts, partitions, kills, pauses, replacements, clocks, packets, fullDisks, slowDisks, powerLosses, damages,
                memoryPressures, starvations);
    }

    private Effect inject(int id, Fault fault, List<ContainerNode> hit) throws FaultException {
        return switch (fault) {
            case Fault.Partition f -> partitions.inject(id, f, hit);
            case Fault.Kill f -> kills.inject(id, f, hit);
            case Fault.Pause f -> pauses.inject(id, f, hit);
            case Fault.Clock f -> clocks.inject(id, f, hit);
            case Fault.Packets f -> packets.inject(id, f, hit);
            case Fault.DiskFull f -> fullDisks.inject(id, f, hit);
            case Fault.SlowDisk f -> slowDisks.inject(id, f, hit);
            case Fault.LostWrites f -> powerLosses.inject(id, f, hit);
            case Fault.Damage f -> damages.inject(id, f, hit);
            case Fault.MemoryPressure f -> memoryPressures.inject(id, f, hit);
            case Fault.Starvation f -> starvations.inject(id, f, hit);
            case Fault.RollingRestart f -> rollingRestarts.inject(id, f, hit);
            case Fault.Replace f -> replacements.inject(id, f, hit);
        };
    }

    private String heal(int id, Fault fault, List<ContainerNode> hit) throws FaultException {
        return switch (fault) {
            case Fault.Partition f -> partitions.heal(id, f, hit);
            case Fault.Kill f -> kills.heal(id, f, hit);
            case Fault.Pause f -> pauses.heal(id, f, hit);
            case Fault.Clock f -> clocks.heal(id, f, hit);
            case Fault.Packets f -> packets.heal(id, f, hit);
            case Fault.DiskFull f -> fullDisks.heal(id, f, hit);
            case Fault.SlowDisk f -> slowDisks.heal(id, f, hit);
            case Fault.LostWrites f -> powerLosses.heal(id, f, hit);
            case Fault.Damage f -> damages.heal(id, f, hit);
            case Fault.MemoryPressure f -> memoryPressures.heal(id, f, hit);
            case Fault.Starvation f -> starvations.heal(id, f, hit);
            case Fault.RollingRestart f -> rollingRestarts.heal(id, f, hit);
            case Fault.Replace f -> replacements.heal(id, f, hit);
        };
    }
}
