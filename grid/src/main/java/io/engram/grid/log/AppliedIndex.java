package io.engram.grid.log;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// How far a replica has applied its log, and who waits for it to get further. Outlives restarts of the replica.
final class AppliedIndex {
    private final Executor completing;
    private final PriorityQueue<Waiting> waiting = new PriorityQueue<>(Comparator.comparingLong(Waiting::index));
    private volatile long applied = -1;

    /// @param completing runs what waits, so that it does not hold up applying
    AppliedIndex(Executor completing) {
        this.completing = completing;
    }

    private record Waiting(long index, CompletableFuture<Void> done) {}

    long get() {
        return applied;
    }

    /// May also go back: when a replica starts again from its snapshot.
    void set(long index) {
        List<CompletableFuture<Void>> ready = new ArrayList<>();
        synchronized (waiting) {
            applied = index;
            for (var next = waiting.peek(); next != null && next.index <= index; next = waiting.peek()) {
                ready.add(next.done);
                waiting.remove();
            }
        }
        if (!ready.isEmpty()) completing.execute(() -> ready.forEach(done -> done.complete(null)));
    }

    CompletableFuture<Void> reached(long index, long nanosLeft) {
        if (applied >= index) return CompletableFuture.completedFuture(null);
        var entry = new Waiting(index, new CompletableFuture<>());
        synchronized (waiting) {
            if (applied >= index) return CompletableFuture.completedFuture(null);
            waiting.add(entry);
        }
        return entry.done.orTimeout(Math.max(0, nanosLeft), TimeUnit.NANOSECONDS).whenComplete((done, fault) -> {
            if (fault == null) return;
            synchronized (waiting) {
                waiting.remove(entry);
            }
        });
    }
}
