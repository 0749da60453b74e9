package io.engram.grid.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.wire.ShardAnswer;
import io.engram.grid.wire.ShardQuery;
import io.engram.grid.wire.ShardRead;
import io.engram.grid.wire.ShardReadAnswer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// Brings a read of one shard to a replica that can answer it: the one here if there is one and it runs, else another
/// node's. What one replica cannot do now another is asked for, until the deadline. Blocking; call from virtual threads.
final class ShardRoutes {
    /// A replica that could not establish the consistency by now is left, if there is another to ask; so is a node that has given
    /// no sign of life for as long. The work that follows has the caller's whole time: elsewhere it would take as long.
    static final Duration ATTEMPT = Duration.ofMillis(1_500);

    /// So long a node is silent before it is asked whether it lives.
    private static final Duration SILENCE = ATTEMPT.dividedBy(2);

    private static final Duration PAUSE = Duration.ofMillis(50);

    /// @param open what the value leans on; null: it came from elsewhere, whole
    record Read<T>(T value, NodeId node, ShardProof proof, @Nullable OpenShard open) implements AutoCloseable {
        @Override
        public void close() {
            if (open != null) open.close();
        }
    }

    private final NodeId self;
    private final LocalReads local;
    private final ShardLogs replicas;
    private final LeaderHints hints;
    private final PeerCalls peers;
    private final MonotonicClock clock;
    final LongAdder fromElsewhere = new LongAdder();

    ShardRoutes(NodeId self, LocalReads local, ShardLogs replicas, LeaderHints hints, PeerCalls peers, MonotonicClock clock) {
        this.self = self;
        this.local = local;
        this.replicas = replicas;
        this.hints = hints;
        this.peers = peers;
        this.clock = clock;
    }

    /// Close what comes back.
    ///
    /// @throws RefusedException what the first replica said, if none could answer
    <T> Read<T> read(ShardId shard, ShardQuestion<T> question, Consistency consistency, Deadline deadline) {
        return read(shard, question, consistency, deadline, null);
    }

    /// @param said by the replica here, which is not asked again; null: it has not been asked
    <T> Read<T> read(
            ShardId shard, ShardQuestion<T> question, Consistency consistency, Deadline deadline, @Nullable RefusedException said) {
        List<NodeId> order = order(shard);
        if (said != null) {
            order.remove(self);
            if (order.isEmpty()) throw said;
        }
        boolean alone = order.size() == 1;
        @Nullable RefusedException first = said;
        for (int attempt = 0; ; attempt++) {
            NodeId node = order.get(attempt % order.size());
            Deadline gateBy = alone ? deadline : deadline.earlier(Deadline.after(ATTEMPT, clock));
            try {
                return node.equals(self)
                        ? local.read(shard, question, consistency, gateBy, deadline)
                        : elsewhere(node, shard, question, consistency, gateBy, deadline);
            } catch (RefusedException e) {
                if (first == null) first = e;
                if (!another(e.reason())) throw e;
            }
            if (attempt % order.size() == order.size() - 1) pause(deadline);
            if (deadline.passed(clock)) throw first;
        }
    }

    /// The one here, unless it does not run; the supposed leader; the others.
    private List<NodeId> order(ShardId shard) {
        List<NodeId> holders = hints.holders(shard);
        var order = new ArrayList<NodeId>();
        boolean runs = local.holds(shard) && replicas.log(shard).view().running();
        if (runs) order.add(self);
        NodeId leader = hints.guess(shard, 0);
        if (!leader.equals(self)) order.add(leader);
        for (NodeId holder : holders) if (!order.contains(holder) && !holder.equals(self)) order.add(holder);
        // A replica that does not run may do so before the deadline.
        if (!runs && holders.contains(self)) order.add(self);
        return order;
    }

    private static boolean another(Reason reason) {
        return switch (reason) {
            // What this replica, or the way to it, lacks.
            case NOT_READY, REPLICA_NOT_HERE, NO_LEADER, DEADLINE_EXCEEDED, INTERNAL, OVERLOADED -> true;
            // What every replica would say; and STALE, for which the gate has already asked the leader.
            default -> false;
        };
    }

    private void pause(Deadline deadline) {
        Duration left = deadline.left(clock);
        if (!left.isPositive()) return;
        try {
            Thread.sleep(left.compareTo(PAUSE) < 0 ? left : PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(Reason.DEADLINE_EXCEEDED, "interrupted", e);
        }
    }

    private <T> Read<T> elsewhere(
            NodeId node, ShardId shard, ShardQuestion<T> question, Consistency consistency, Deadline gateBy, Deadline deadline) {
        fromElsewhere.increment();
        var read = ShardRead.newBuilder().setConsistency(QueryFormat.of(consistency, shard));
        question.write(read);
        var query = ShardQuery.newBuilder()
                .setShard(shard.value())
                .setTimeoutMs(millisLeft(deadline))
                .setGateTimeoutMs(millisLeft(gateBy))
                .setQuestion(read.build().toByteString());
        ShardAnswer answer;
        try {
            var asked = peers.query(node, query.build(), deadline);
            if (!gateBy.equals(deadline)) awaitWhileAlive(node, asked, deadline);
            answer = Waits.until(asked, deadline, clock);
        } catch (RefusedException e) {
            // Whatever the network says of itself, a read that was not answered can be asked again elsewhere.
            throw e.reason() == Reason.INTERNAL
                    ? new RefusedException(Reason.NO_LEADER, "node " + node + " could not be asked for shard " + shard + ": " + e.getMessage(), e)
                    : e;
        }
        try {
            ShardReadAnswer wire = ShardReadAnswer.parseFrom(answer.getAnswer());
            return new Read<>(question.read(wire, shard), new NodeId(wire.getNode()), QueryFormat.from(wire.getProof(), shard), null);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            throw new RefusedException(Reason.INTERNAL, "node " + node + " gave an answer that is none", e);
        }
    }

    /// Returns when there is an answer, or the deadline has passed: a node that gives signs of life is at work.
    ///
    /// @throws RefusedException it gives none
    private void awaitWhileAlive(NodeId node, CompletableFuture<?> asked, Deadline deadline) {
        while (!Waits.over(asked, SILENCE, deadline, clock) && !deadline.passed(clock)) {
            var sign = peers.terms(node, deadline.earlier(Deadline.after(SILENCE, clock)));
            boolean lives = Waits.over(CompletableFuture.anyOf(asked, sign), SILENCE, deadline, clock) && !sign.isCompletedExceptionally();
            if (!lives && !asked.isDone())
                throw new RefusedException(Reason.DEADLINE_EXCEEDED, "node " + node + " has not answered for " + ATTEMPT.toMillis() + " ms");
        }
    }

    private int millisLeft(Deadline deadline) {
        return Math.clamp(deadline.left(clock).toMillis(), 1, Integer.MAX_VALUE);
    }
}
