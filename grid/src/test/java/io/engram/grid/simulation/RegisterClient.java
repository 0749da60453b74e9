package io.engram.grid.simulation;

import com.google.protobuf.ByteString;
import io.engram.grid.Reason;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.shard.Wire;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.Put;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// A client of the registers: one operation at a time, at any node, asking again under the same idempotency key until it knows
/// what came of a write, or gives up.
final class RegisterClient {
    private static final Duration PATIENCE = Duration.ofMillis(900);
    private static final int TRIES = 6;

    private final Simulation simulation;
    private final SimCluster cluster;
    private final History history;
    private final Space space;
    private final int number;
    private final int keys;
    private final Map<String, Long> known = new HashMap<>();
    private final Map<ShardId, Position> written = new HashMap<>();
    private int left;
    private int writes;

    RegisterClient(Simulation simulation, SimCluster cluster, History history, int number, int keys, int operations) {
        this.simulation = simulation;
        this.cluster = cluster;
        this.history = history;
        this.space = cluster.space();
        this.number = number;
        this.keys = keys;
        this.left = operations;
    }

    void begin() {
        simulation.at(simulation.between(Duration.ofMillis(200), Duration.ofMillis(700)), this::next);
    }

    private void later() {
        simulation.at(simulation.between(Duration.ofMillis(1), Duration.ofMillis(120)), this::next);
    }

    private void next() {
        if (left-- <= 0) return;
        String key = "k" + simulation.random.nextInt(keys);
        switch (simulation.random.nextInt(10)) {
            case 0, 1, 2 -> write(key, false, 0);
            case 3 -> write(key, true, known.getOrDefault(key, 0L));
            case 4, 5, 6 -> read(key, new Consistency.Linearizable());
            case 7, 8 -> read(key, new Consistency.Bounded(simulation.between(Duration.ofMillis(1), Duration.ofMillis(1500))));
            default -> read(key, simulation.chance(0.7)
                    ? new Consistency.AtLeast(written.values().stream().sorted((a, b) -> a.shard().compareTo(b.shard())).toList())
                    : new Consistency.Eventual());
        }
    }

    private ShardId shardOf(String key) {
        return space.shardOf(new MemoryKey(key));
    }

    // Writes

    private void write(String key, boolean conditional, long expected) {
        String text = number + "." + ++writes;
        History.Write write = new History.Write(number, key, text, conditional, expected, simulation.now());
        history.writes.add(write);
        Put.Builder put = Wire.putOf(space, key, text);
        if (conditional && expected == 0) put.setMustNotExist(true);
        else if (conditional) put.setExpectedVersion(expected);
        Command command = Command.newBuilder().setIdempotencyKey(ByteString.copyFromUtf8(text)).setFingerprint(writes).setPut(put).build();
        write.askAgain = () -> attempt(write, command, TRIES, true);
        attempt(write, command, TRIES, false);
    }

    private void attempt(History.Write write, Command command, int tries, boolean mayHaveLanded) {
        boolean[] over = new boolean[1];
        Runnable again = () -> {
            if (over[0]) return;
            over[0] = true;
            if (tries > 1) simulation.at(simulation.between(Duration.ofMillis(1), Duration.ofMillis(100)), () -> attempt(write, command, tries - 1, true));
            else later();
        };
        Runnable nothingHappened = () -> {
            if (over[0]) return;
            over[0] = true;
            if (tries > 1) {
                simulation.at(simulation.between(Duration.ofMillis(1), Duration.ofMillis(100)), () -> attempt(write, command, tries - 1, mayHaveLanded));
                return;
            }
            if (!mayHaveLanded) write.outcome = History.Write.Outcome.NOTHING;
            later();
        };
        NodeId target = simulation.oneOf(cluster.nodes());
        simulation.at(onTheWay(), () -> cluster.node(target).ifPresent(node -> cluster.process(target).run(node.life, () -> {
            var _ = node.submit(shardOf(write.key), command, Deadline.after(PATIENCE, node.time)).whenComplete((outcome, failure) -> {
                if (outcome == null) {
                    Reason reason = SimNode.reason(failure);
                    boolean unknown = reason == null || reason == Reason.OUTCOME_UNKNOWN;
                    simulation.at(onTheWay(), unknown ? again : nothingHappened);
                    return;
                }
                if (outcome.hasRefused() && !outcome.getRefused().getReason().equals(Reason.VERSION_CONFLICT.name())) {
                    simulation.at(onTheWay(), nothingHappened);
                    return;
                }
                if (outcome.hasRecorded()) write.acknowledged = Math.min(write.acknowledged, simulation.now());
                simulation.at(onTheWay(), () -> {
                    if (over[0]) return;
                    over[0] = true;
                    finish(write, outcome);
                });
            });
        })));
        simulation.at(PATIENCE.plusMillis(100), again);
    }

    private void finish(History.Write write, Outcome outcome) {
        write.returned = simulation.now();
        if (outcome.hasRecorded()) {
            write.outcome = History.Write.Outcome.RECORDED;
            write.version = outcome.getRecorded().getVersion();
            known.put(write.key, write.version);
            written.merge(shardOf(write.key), new Position(shardOf(write.key), outcome.getIndex()), (a, b) -> a.index() > b.index() ? a : b);
        } else {
            write.outcome = History.Write.Outcome.CONFLICT;
            write.version = outcome.getRefused().getCurrentVersion();
            known.put(write.key, write.version);
        }
        simulation.trace(write::toString);
        later();
    }

    // Reads

    private void read(String key, Consistency consistency) {
        long invoked = simulation.now();
        boolean[] over = new boolean[1];
        NodeId target = simulation.oneOf(cluster.nodes());
        simulation.at(onTheWay(), () -> cluster.node(target).ifPresent(node -> cluster.process(target).run(node.life, () -> {
            long began = simulation.now();
            ShardId shard = shardOf(key);
            SimMachine machine = node.machine(shard);
            var _ = node.gate().pass(shard, consistency, machine, Deadline.after(PATIENCE, node.time)).whenComplete((proof, failure) -> {
                if (proof == null) {
                    history.refusedReads++;
                    simulation.trace(() -> "client " + number + " refused at " + target + " " + consistency + ": " + failure.getMessage());
                    simulation.at(onTheWay(), () -> done(over));
                    return;
                }
                node.time.after(simulation.between(Duration.ZERO, Duration.ofMillis(1)), () ->
                        look(key, consistency, target, machine, proof, invoked, began, over));
            });
        })));
        simulation.at(PATIENCE.plusMillis(200), () -> done(over));
    }

    private void look(
            String key, Consistency consistency, NodeId at, SimMachine machine, ShardProof proof, long invoked, long began, boolean[] over) {
        // As the node's reads do: restored in between, the replica has not what the proof speaks of.
        if (machine.published() < proof.applied().index()) {
            history.refusedReads++;
            done(over);
            return;
        }
        SimMachine.@Nullable Held held = machine.get(space.id(), key).orElse(null);
        simulation.at(onTheWay(), () -> {
            if (over[0]) return;
            long version = held == null ? 0 : held.version();
            History.Read read = new History.Read(number, at, shardOf(key), key, consistency, invoked, began, simulation.now(), version,
                    held == null ? "" : held.text(), proof);
            history.reads.add(read);
            simulation.trace(read::toString);
            known.merge(key, version, Math::max);
            done(over);
        });
    }

    private void done(boolean[] over) {
        if (over[0]) return;
        over[0] = true;
        later();
    }

    private Duration onTheWay() {
        return simulation.between(Duration.ofNanos(50_000), Duration.ofMillis(1));
    }

    /// A linearizable read of every key through every node.
    static void lastLook(Simulation simulation, SimCluster cluster, History history, int keys) {
        RegisterClient client = new RegisterClient(simulation, cluster, history, 99, keys, 0);
        for (int key = 0; key < keys; key++) client.read("k" + key, new Consistency.Linearizable());
    }

    /// Unused operations end the client.
    static List<RegisterClient> several(Simulation simulation, SimCluster cluster, History history, int clients, int keys, int operations) {
        return IntStream.range(0, clients)
                .mapToObj(i -> new RegisterClient(simulation, cluster, history, i, keys, operations))
                .toList();
    }
}
