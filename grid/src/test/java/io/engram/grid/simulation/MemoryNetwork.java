package io.engram.grid.simulation;

import io.engram.grid.cluster.Peers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/// Carries messages between processes: late, twice, in another order, or not at all.
final class MemoryNetwork {
    private record Link(NodeId from, NodeId to) {}

    private final Simulation simulation;
    private final Map<NodeId, SimProcess> processes = new HashMap<>();
    private final Map<NodeId, Peers.Answering> answering = new HashMap<>();
    private final Set<Link> cut = new HashSet<>();
    private double loss;
    private double repeats;
    private double stragglers;

    MemoryNetwork(Simulation simulation) {
        this.simulation = simulation;
    }

    void join(SimProcess process) {
        processes.put(process.id, process);
    }

    void answer(NodeId node, Peers.Answering how) {
        answering.put(node, how);
    }

    /// @param loss share of messages that never arrive
    /// @param repeats share that arrives twice
    /// @param stragglers share that takes up to half a second
    void quality(double loss, double repeats, double stragglers) {
        this.loss = loss;
        this.repeats = repeats;
        this.stragglers = stragglers;
    }

    void cut(NodeId from, NodeId to) {
        cut.add(new Link(from, to));
    }

    void heal() {
        cut.clear();
    }

    /// Runs `arrival` in whatever life the receiving process then has.
    void send(NodeId from, NodeId to, Runnable arrival) {
        Link link = new Link(from, to);
        int copies = simulation.chance(repeats) ? 2 : 1;
        for (int i = 0; i < copies; i++) {
            if (simulation.chance(loss)) continue;
            simulation.at(delay(), () -> {
                SimProcess receiver = processes.get(to);
                if (receiver != null && !cut.contains(link)) receiver.run(receiver.life(), arrival);
            });
        }
    }

    private Duration delay() {
        return simulation.chance(stragglers)
                ? simulation.between(Duration.ofMillis(5), Duration.ofMillis(500))
                : simulation.between(Duration.ofNanos(100_000), Duration.ofMillis(2));
    }

    /// The network as one life of a process sees it.
    Peers peers(SimProcess asking, SimTime time) {
        int life = asking.life();
        return (to, question, deadline) -> {
            CompletableFuture<byte[]> answer = new CompletableFuture<>();
            Duration left = deadline.left(time);
            var limit = time.after(left, () -> answer.completeExceptionally(new TimeoutException("no answer from " + to)));
            var _ = answer.whenComplete((bytes, failure) -> limit.cancel());
            byte[] carried = question.clone();
            send(asking.id, to, () -> {
                Peers.Answering answers = answering.get(to);
                SimProcess receiver = processes.get(to);
                if (answers == null || receiver == null) return;
                Deadline there = Deadline.after(left, receiver.monotonic());
                var _ = answers.answer(carried, there).whenComplete((bytes, failure) -> send(to, asking.id, () -> {
                    if (asking.life() != life) return;
                    if (failure == null) answer.complete(bytes);
                    else answer.completeExceptionally(failure);
                }));
            });
            return answer;
        };
    }
}
