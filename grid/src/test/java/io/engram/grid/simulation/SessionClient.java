package io.engram.grid.simulation;

import io.engram.grid.Reason;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.session.Ingest;
import io.engram.grid.memory.shard.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// A client that streams numbered observations through whatever node it reaches, and leaves streams behind that still have
/// something under way: what those do must not matter.
final class SessionClient {
    private static final Duration PATIENCE = Duration.ofMillis(1200);

    private final Simulation simulation;
    private final SimCluster cluster;
    private final Space space;
    private final SessionId session;
    private final int numbers;
    private final List<String> broken = new ArrayList<>();
    private long acknowledged;
    private int streams;
    private long taking;

    SessionClient(Simulation simulation, SimCluster cluster, int number, int numbers) {
        this.simulation = simulation;
        this.cluster = cluster;
        this.space = cluster.space();
        this.session = new SessionId("s" + number);
        this.numbers = numbers;
    }

    long acknowledged() {
        return acknowledged;
    }

    void begin() {
        simulation.at(simulation.between(Duration.ofMillis(50), Duration.ofMillis(900)), this::open);
    }

    private void open() {
        if (acknowledged >= numbers) return;
        int stream = ++streams;
        boolean[] opened = new boolean[1];
        NodeId target = simulation.oneOf(cluster.nodes());
        simulation.trace(() -> session.value() + " opens stream " + stream + " at " + target + ", acknowledged " + acknowledged);
        cluster.node(target).ifPresent(node -> cluster.process(target).run(node.life, () -> {
            var _ = node.sessions().open(space, session, acknowledged, Deadline.after(PATIENCE, node.time)).whenComplete((ingest, failure) -> {
                if (stream != streams) return;
                if (failure != null) {
                    if (SimNode.reason(failure) == Reason.SESSION_EXPIRED)
                        broken.add(session.value() + " has expired, though none is idle for long: " + failure);
                    simulation.trace(() -> session.value() + " cannot open: " + failure);
                    again(stream);
                    return;
                }
                simulation.trace(() -> session.value() + " stream " + stream + " is open, durable through " + ingest.durableThrough());
                if (ingest.durableThrough() < acknowledged)
                    broken.add(session.value() + " lost what was acknowledged: " + acknowledged + ", durable " + ingest.durableThrough());
                opened[0] = true;
                acknowledged = Math.max(acknowledged, ingest.durableThrough());
                take(stream, node, ingest, ingest.durableThrough() + 1);
            });
        }));
        simulation.at(PATIENCE.plusMillis(100), () -> {
            if (!opened[0]) giveUp(stream);
        });
    }

    /// The node does not answer any more, or the client has lost interest: whatever is under way goes on without it.
    private void giveUp(int stream) {
        if (stream == streams) again(stream);
    }

    private void again(int stream) {
        if (stream != streams) return;
        streams++;
        simulation.at(simulation.between(Duration.ofMillis(1), Duration.ofMillis(150)), this::open);
    }

    private void take(int stream, SimNode node, Ingest ingest, long first) {
        if (stream != streams || first > numbers) return;
        int size = (int) Math.min(1 + simulation.random.nextInt(5), numbers - first + 1);
        List<Ingest.Item> items = new ArrayList<>();
        for (long number = first; number < first + size; number++) items.add(item(number));
        long last = first + size - 1;
        var _ = ingest.take(first, items, acknowledged, Deadline.after(PATIENCE, node.time)).whenComplete((taken, failure) -> {
            if (stream != streams) return;
            if (failure != null) {
                simulation.trace(() -> session.value() + " stream " + stream + " fails: " + failure);
                again(stream);
                return;
            }
            if (taken.durableThrough() < last) broken.add(session.value() + " is told too little: " + taken.durableThrough() + " after " + last);
            acknowledged = Math.max(acknowledged, taken.durableThrough());
        });
        // The next batch does not wait for this one.
        Duration pause = simulation.between(Duration.ofMillis(1), Duration.ofMillis(200));
        node.time.after(pause, () -> {
            if (simulation.chance(0.06)) giveUp(stream);
            else take(stream, node, ingest, last + 1);
        });
        taking = last;
        simulation.at(pause.plusMillis(300), () -> {
            if (taking == last && last < numbers) giveUp(stream);
        });
        simulation.at(PATIENCE.plusMillis(100), () -> {
            if (acknowledged < last) giveUp(stream);
        });
    }

    private Ingest.Item item(long number) {
        return number % 7 == 0
                ? new Ingest.Item.Bad("INVALID_ARGUMENT", "text", "sevens are not taken")
                : new Ingest.Item.Good(Wire.observation(key(number), "number " + number));
    }

    private String key(long number) {
        return session.value() + "-" + number;
    }

    /// What is wrong with what became of the numbers, once all should have been taken.
    List<String> judge(SimNode node) {
        if (acknowledged < numbers) broken.add(session.value() + " is not done, acknowledged through " + acknowledged);
        Map<ShardId, Long> newest = new TreeMap<>();
        for (long number = 1; number <= acknowledged; number++) {
            if (number % 7 == 0) continue;
            ShardId shard = space.shardOf(new MemoryKey(key(number)));
            long version = node.machine(shard).get(space.id(), key(number)).map(SimMachine.Held::version).orElse(0L);
            if (version == 0) broken.add(key(number) + " was acknowledged and is lost");
            else if (version <= newest.getOrDefault(shard, 0L)) broken.add(key(number) + " is out of order");
            newest.put(shard, version);
            if (cluster.versionsOf(key(number)).size() > 1)
                broken.add(key(number) + " was recorded twice: versions " + cluster.versionsOf(key(number)));
        }
        return broken;
    }
}
