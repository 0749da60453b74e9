package io.engram.jepsen.run;

import io.engram.jepsen.cluster.Cluster;
import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/// A [MemoryGrid] as a cluster: killing takes a node down, a partition cuts it off, anything else does not bite.
final class MemoryCluster implements Cluster {
    private static final List<String> NAMES = List.of("n1", "n2", "n3");

    private final MemoryGrid grid;
    final Set<String> broken = new HashSet<>();
    boolean closed;
    /// How long it takes to heal a fault.
    private Duration healing = Duration.ZERO;

    MemoryCluster(MemoryGrid grid) {
        this.grid = grid;
    }

    MemoryCluster healingIn(Duration time) {
        healing = time;
        return this;
    }

    @Override
    public String backend() {
        return "memory";
    }

    @Override
    public List<String> names() {
        return NAMES;
    }

    @Override
    public String endpoint(String node) {
        return node + ":7500";
    }

    @Override
    public void awaitReady(Duration limit) {}

    @Override
    public void saveLogs(Path folder) {}

    @Override
    public Nemesis nemesis(long seed) {
        Aim aim = new Aim(NAMES, () -> Map.of("n1", 1), new SplittableRandom(seed));
        Map<Integer, List<String>> hit = new HashMap<>();
        return new Nemesis() {
            @Override
            public Effect inject(Planned planned) throws FaultException {
                List<String> nodes = aim.at(planned.target());
                for (String node : nodes) {
                    switch (planned.fault()) {
                        case Fault.Kill kill -> grid.down(NAMES.indexOf(node));
                        case Fault.Partition partition -> grid.cut(NAMES.indexOf(node));
                        default -> throw new FaultException("no effect was seen");
                    }
                    broken.add(node);
                }
                hit.put(planned.id(), nodes);
                return new Effect(nodes, "broken on purpose", "");
            }

            @Override
            public Effect heal(Planned planned) {
                List<String> nodes = hit.getOrDefault(planned.id(), List.of());
                for (long end = System.nanoTime() + healing.toNanos(); System.nanoTime() < end; ) LockSupport.parkNanos(end - System.nanoTime());
                nodes.forEach(this::mend);
                return new Effect(nodes, "mended", "");
            }

            @Override
            public void healAll() {
                NAMES.forEach(this::mend);
            }

            @Override
            public void close() {
                healAll();
            }

            private void mend(String node) {
                grid.heal(NAMES.indexOf(node));
                broken.remove(node);
            }
        };
    }

    @Override
    public void close() {
        closed = true;
    }
}
