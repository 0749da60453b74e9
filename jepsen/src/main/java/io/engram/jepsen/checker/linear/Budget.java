package io.engram.jepsen.checker.linear;

import io.engram.jepsen.checker.Limits;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/// What is left of a check's time and memory, over all its threads.
final class Budget {
    private final long start = System.nanoTime();
    private final long nanos;
    private final AtomicLong bytes;
    private final AtomicBoolean stopped = new AtomicBoolean();

    Budget(Limits limits) {
        nanos = limits.time().toNanos();
        bytes = new AtomicLong(limits.memoryBytes());
    }

    /// For a side issue: of the time that is left at most so much. Nothing else may use this budget meanwhile.
    Budget part(Duration time) {
        long left = Math.max(1, nanos - (System.nanoTime() - start));
        return new Budget(new Limits(Duration.ofNanos(Math.min(left, time.toNanos())), Math.max(1, bytes.get()), 1));
    }

    boolean overtime() {
        return System.nanoTime() - start > nanos;
    }

    /// Somebody found what ends the whole check.
    boolean stopped() {
        return stopped.get();
    }

    void stop() {
        stopped.set(true);
    }

    void resume() {
        stopped.set(false);
    }

    /// @return whether there was as much; if not, nothing was taken
    boolean take(long wanted) {
        if (bytes.addAndGet(-wanted) >= 0) return true;
        bytes.addAndGet(wanted);
        return false;
    }

    long left() {
        return bytes.get();
    }

    void give(long back) {
        bytes.addAndGet(back);
    }

    long elapsedMillis() {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
