package io.engram.grid.simulation;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import java.time.Duration;
import java.util.List;

/// What goes wrong: cuts, losses, deaths, pauses, clocks. Drawn from the seed.
final class Weather {
    private final Simulation simulation;
    private final SimCluster cluster;
    /// Nodes whose machine may be suspended. Their wall clock never goes back or slow meanwhile: a node that is suspended *and*
    /// loses the same time on its wall clock cannot know how old it is.
    private final List<NodeId> sleepers;
    private boolean over;

    Weather(Simulation simulation, SimCluster cluster) {
        this.simulation = simulation;
        this.cluster = cluster;
        this.sleepers = cluster.nodes().stream().filter(node -> simulation.chance(0.5)).toList();
        cluster.nodes().forEach(node -> {
            if (simulation.chance(0.3)) cluster.process(node).driftWallClock(simulation.random.nextDouble(0, 0.01));
        });
    }

    void begin() {
        if (simulation.chance(0.5))
            cluster.network.quality(simulation.random.nextDouble(0.05), simulation.random.nextDouble(0.1), simulation.random.nextDouble(0.05));
        if (simulation.chance(0.4))
            cluster.whenVoted(node -> {
                if (!over && simulation.chance(0.3)) simulation.at(Duration.ZERO, () -> kill(node));
            });
        simulation.at(simulation.between(Duration.ofMillis(300), Duration.ofMillis(900)), this::change);
    }

    /// All is well from now on: nodes up, links whole.
    void clear() {
        over = true;
        cluster.network.heal();
        cluster.network.quality(0, 0, 0);
        for (NodeId node : cluster.nodes()) {
            SimProcess process = cluster.process(node);
            if (process.paused()) process.resume();
            if (!process.up()) cluster.start(node);
        }
    }

    private void change() {
        if (over) return;
        NodeId node = simulation.oneOf(cluster.nodes());
        if (simulation.chance(0.1)) {
            usurp(node);
            return;
        }
        switch (simulation.random.nextInt(11)) {
            case 0, 1 -> isolate(node);
            case 2, 3 -> cutOneWay(node);
            case 4, 5 -> {
                simulation.trace(() -> "links heal");
                cluster.network.heal();
            }
            case 6 -> kill(node);
            case 7 -> pause(node);
            case 8 -> jump(node);
            case 9 -> failReplica(node);
            default -> hop(node);
        }
        next();
    }

    private void next() {
        simulation.at(simulation.between(Duration.ofMillis(60), Duration.ofMillis(500)), this::change);
    }

    private void isolate(NodeId node) {
        simulation.trace(() -> node + " is cut off");
        others(node).forEach(other -> {
            cluster.network.cut(node, other);
            cluster.network.cut(other, node);
        });
    }

    private void cutOneWay(NodeId node) {
        NodeId other = simulation.oneOf(others(node).isEmpty() ? List.of(node) : others(node));
        simulation.trace(() -> node + " cannot reach " + other);
        cluster.network.cut(node, other);
    }

    /// A cut that moves on from one node to another: what the one has promised, the other has not heard of.
    private void hop(NodeId node) {
        cluster.network.heal();
        isolate(node);
        if (simulation.chance(0.5)) kill(simulation.oneOf(cluster.nodes()));
    }

    /// The others go on without `node`; then the cut moves to one of them, and another dies and comes back: the only one whom
    /// `node` can then ask has voted against it, if it remembers.
    private void usurp(NodeId node) {
        List<NodeId> others = others(node);
        if (others.size() < 2) {
            next();
            return;
        }
        cluster.network.heal();
        isolate(node);
        simulation.at(simulation.between(Duration.ofMillis(500), Duration.ofMillis(1000)), () -> {
            if (over) return;
            boolean first = simulation.chance(0.5);
            kill(first ? others.get(1) : others.get(0));
            cluster.network.heal();
            isolate(first ? others.get(0) : others.get(1));
            next();
        });
    }

    private void kill(NodeId node) {
        if (!cluster.process(node).up()) return;
        simulation.trace(() -> node + " is killed");
        cluster.kill(node);
        Duration down = simulation.chance(0.5)
                ? simulation.between(Duration.ofMillis(1), Duration.ofMillis(50))
                : simulation.between(Duration.ofMillis(50), Duration.ofMillis(1500));
        simulation.at(down, () -> {
            if (cluster.process(node).up()) return;
            simulation.trace(() -> node + " starts again");
            cluster.start(node);
        });
    }

    private void pause(NodeId node) {
        SimProcess process = cluster.process(node);
        if (!process.up() || process.paused()) return;
        boolean asleep = sleepers.contains(node) && simulation.chance(0.5);
        simulation.trace(() -> node + (asleep ? " is suspended" : " is paused"));
        if (asleep) process.suspend();
        else process.pause();
        int life = process.life();
        simulation.at(simulation.between(Duration.ofMillis(50), Duration.ofMillis(1500)), () -> {
            if (process.life() != life || !process.paused()) return;
            simulation.trace(() -> node + " goes on");
            process.resume();
        });
    }

    private void failReplica(NodeId node) {
        ShardId shard = simulation.oneOf(cluster.shards());
        simulation.trace(() -> "replica of shard " + shard + " on " + node + " fails and restarts in place");
        Duration outage = simulation.chance(0.5) ? Duration.ZERO : simulation.between(Duration.ofMillis(1), Duration.ofMillis(300));
        cluster.node(node).ifPresent(up -> cluster.process(node).run(up.life, () -> up.log(shard).fail(outage)));
    }

    private void jump(NodeId node) {
        long least = sleepers.contains(node) ? 0 : -5_000;
        long millis = simulation.random.nextLong(least, 5_000);
        simulation.trace(() -> "wall clock of " + node + " jumps by " + millis + " ms");
        cluster.process(node).jumpWallClock(Duration.ofMillis(millis));
    }

    private List<NodeId> others(NodeId node) {
        return cluster.nodes().stream().filter(other -> !other.equals(node)).toList();
    }
}
