package io.engram.grid.memory.shard;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Timers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// Those who wait for a position to be published. Safe for use by many threads.
final class PositionWaiters {
    private final Timers timers;
    private final MonotonicClock clock;
    private final LongSupplier published;
    private final Object lock = new Object();
    private final NavigableMap<Long, Set<Waiter>> waiting = new TreeMap<>();

    PositionWaiters(Timers timers, MonotonicClock clock, LongSupplier published) {
        this.timers = timers;
        this.clock = clock;
        this.published = published;
    }

    CompletableFuture<Void> await(long index, Deadline deadline) {
        if (published.getAsLong() >= index) return CompletableFuture.completedFuture(null);
        Duration left = deadline.left(clock);
        if (!left.isPositive()) return CompletableFuture.failedFuture(late(index));
        Waiter waiter = new Waiter(new CompletableFuture<>());
        synchronized (lock) {
            waiting.computeIfAbsent(index, i -> new HashSet<>()).add(waiter);
        }
        Timers.Timer timer = timers.after(left, () -> {
            remove(index, waiter);
            waiter.reached.completeExceptionally(late(index));
        });
        CompletableFuture<Void> reached = waiter.reached.whenComplete((done, failure) -> timer.cancel());
        // It may have been published between the look and the entry in the list.
        if (published.getAsLong() >= index) publish(published.getAsLong());
        return reached;
    }

    void publish(long position) {
        List<Waiter> reached = new ArrayList<>();
        synchronized (lock) {
            NavigableMap<Long, Set<Waiter>> due = waiting.headMap(position, true);
            due.values().forEach(reached::addAll);
            due.clear();
        }
        reached.forEach(waiter -> waiter.reached.complete(null));
    }

    private void remove(long index, Waiter waiter) {
        synchronized (lock) {
            waiting.computeIfPresent(index, (i, waiters) -> waiters.remove(waiter) && waiters.isEmpty() ? null : waiters);
        }
    }

    /// Told apart by identity.
    private static final class Waiter {
        final CompletableFuture<Void> reached;

        Waiter(CompletableFuture<Void> reached) {
            this.reached = reached;
        }
    }

    private TimeoutException late(long index) {
        return new TimeoutException("position " + index + " was not reached in time; at " + published.getAsLong());
    }
}
