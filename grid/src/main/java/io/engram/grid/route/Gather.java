package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Proof;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Asks several shards at once, one virtual thread each, and keeps what they say open until it is closed.
///
/// Fresh shard by shard; not one cut through all of them.
final class Gather<T> implements AutoCloseable {
    private final Object lock = new Object();
    private final Map<ShardId, ShardRoutes.Read<T>> reads = new TreeMap<>();
    private final Map<ShardId, RefusedException> faults = new TreeMap<>();
    private final int asked;
    private boolean over;

    private Gather(int asked) {
        this.asked = asked;
    }

    /// Waits for all shards; for those that fail, or miss the deadline, only if `allowPartial` and at least one has answered.
    ///
    /// @throws RefusedException a shard failed and `allowPartial` is false, or none answered, or the request itself is at fault
    static <T> Gather<T> from(
            List<ShardId> shards, Function<ShardId, ShardRoutes.Read<T>> ask, boolean allowPartial, Deadline deadline,
            MonotonicClock clock) {
        var gather = new Gather<T>(shards.size());
        try {
            if (shards.size() == 1) gather.ask(shards.getFirst(), ask);
            else for (ShardId shard : shards) Thread.ofVirtual().name("engram-gather-" + shard).start(() -> gather.ask(shard, ask));
            gather.await(allowPartial, deadline, clock);
            return gather;
        } catch (RuntimeException e) {
            gather.close();
            throw e;
        }
    }

    private void ask(ShardId shard, Function<ShardId, ShardRoutes.Read<T>> ask) {
        ShardRoutes.@Nullable Read<T> read = null;
        @Nullable RefusedException fault = null;
        try {
            read = ask.apply(shard);
        } catch (RuntimeException | Error e) {
            fault = Faults.refusal(e);
        }
        synchronized (lock) {
            if (read != null && over) read.close();
            else if (read != null) reads.put(shard, read);
            else if (fault != null) faults.put(shard, fault);
            lock.notifyAll();
        }
    }

    private void await(boolean allowPartial, Deadline deadline, MonotonicClock clock) {
        synchronized (lock) {
            while (reads.size() + faults.size() < asked) {
                for (RefusedException fault : faults.values()) if (!allowPartial || !mayBeMissing(fault.reason())) throw fault;
                long left = deadline.left(clock).toNanos();
                if (left <= 0) break;
                try {
                    TimeUnit.NANOSECONDS.timedWait(lock, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RefusedException(Reason.DEADLINE_EXCEEDED, "interrupted", e);
                }
            }
            // Whoever comes later is not part of the answer, nor of its proof.
            over = true;
            for (RefusedException fault : faults.values())
                if (!allowPartial || !mayBeMissing(fault.reason()) || reads.isEmpty()) throw fault;
            if (reads.size() < asked && (!allowPartial || reads.isEmpty()))
                throw new RefusedException(Reason.DEADLINE_EXCEEDED, reads.size() + " of " + asked + " shards answered within the deadline");
        }
    }

    /// What one shard lacks now, rather than what is wrong with the request.
    private static boolean mayBeMissing(Reason reason) {
        return switch (reason) {
            case DEADLINE_EXCEEDED, NO_LEADER, NOT_READY, STALE, OVERLOADED, REPLICA_NOT_HERE, INTERNAL -> true;
            default -> false;
        };
    }

    /// In order of shard.
    List<ShardRoutes.Read<T>> reads() {
        synchronized (lock) {
            return new ArrayList<>(reads.values());
        }
    }

    /// @param self who put the answer together; if one other node gave all of it, that one
    Proof proof(NodeId self, List<ShardId> shards) {
        List<ShardRoutes.Read<T>> all = reads();
        var nodes = all.stream().map(ShardRoutes.Read::node).distinct().toList();
        var covered = all.stream().map(read -> read.proof().applied().shard()).toList();
        var missing = shards.stream().filter(shard -> !covered.contains(shard)).sorted().toList();
        var proofs = all.stream()
                .map(ShardRoutes.Read::proof)
                .sorted(Comparator.comparing(proof -> proof.applied().shard()))
                .toList();
        return new Proof(nodes.size() == 1 ? nodes.getFirst() : self, proofs, missing);
    }

    @Override
    public void close() {
        synchronized (lock) {
            over = true;
            reads.values().forEach(ShardRoutes.Read::close);
        }
    }
}
