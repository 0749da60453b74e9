package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerException;
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
import java.util.Set;
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
    private final Kills kills;
    private final Pauses pauses;
    private final Recovery recovery;

    /// @param random draws what a fault leaves open, such as the sides of a partition
    public ContainerNemesis(List<ContainerNode> nodes, Aim aim, RandomGenerator random) {
        this.nodes = List.copyOf(nodes);
        this.aim = aim;
        this.recovery = new Recovery(broken::isEmpty);
        Downs downs = new Downs();
        this.partitions = new Partitions(this.nodes, random, () -> false);
        this.kills = new Kills(downs, recovery);
        this.pauses = new Pauses();
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
        } catch (FaultException | ContainerException e) {
            takeBack(planned, hit, e);
            if (e instanceof FaultException fault) throw fault;
            throw new FaultException("could not inject " + planned.fault() + " into " + names, e);
        }
    }

    @Override
    public Effect heal(Planned planned) throws FaultException {
        List<ContainerNode> hit = broken.remove(planned.id());
        if (hit == null) return new Effect(List.of(), "nothing was broken", "");
        try {
            String seen = heal(planned.id(), planned.fault(), hit);
            log.info("fault healed id={} fault={} nodes={} seen={}", planned.id(), planned.fault(), Nodes.names(hit), seen);
            return new Effect(Nodes.names(hit), seen, "");
        } catch (FaultException | ContainerException e) {
            // Healing may be tried again.
            broken.put(planned.id(), hit);
            if (e instanceof FaultException fault) throw fault;
            throw new FaultException("could not heal " + planned.fault() + " of " + Nodes.names(hit), e);
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
        broken.remove(planned.id());
        try {
            heal(planned.id(), planned.fault(), hit);
        } catch (FaultException | ContainerException again) {
            cause.addSuppressed(again);
        }
    }

    private Set<Breakage<?>> breakages() {
        return Set.of(partitions, kills, pauses);
    }

    private Effect inject(int id, Fault fault, List<ContainerNode> hit) throws FaultException {
        return switch (fault) {
            case Fault.Partition partition -> partitions.inject(id, partition, hit);
            case Fault.Kill kill -> kills.inject(id, kill, hit);
            case Fault.Pause pause -> pauses.inject(id, pause, hit);
            default -> throw new FaultException("containers do not know " + fault);
        };
    }

    private String heal(int id, Fault fault, List<ContainerNode> hit) throws FaultException {
        return switch (fault) {
            case Fault.Partition partition -> partitions.heal(id, partition, hit);
            case Fault.Kill kill -> kills.heal(id, kill, hit);
            case Fault.Pause pause -> pauses.heal(id, pause, hit);
            default -> throw new FaultException("containers do not know " + fault);
        };
    }
}
