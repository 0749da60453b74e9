package io.engram.grid.tier.cold;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// A step of Ignite's life that has no limit of its own, on a thread of its own.
final class Bounded<T> {
    private static final Duration SLICE = Duration.ofMillis(100);

    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final Thread thread;

    private Bounded(String name, Callable<T> step, Consumer<T> tooLate) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> {
            try {
                T value = step.call();
                if (!result.complete(value)) tooLate.accept(value);
            } catch (Throwable e) { // an engine that lacks a JVM flag fails with an Error
                result.completeExceptionally(e);
            }
        });
    }

    /// @param tooLate what to do with the result when nobody waits for it any more
    static <T> Bounded<T> start(String name, Callable<T> step, Consumer<T> tooLate) {
        Bounded<T> bounded = new Bounded<>(name, step, tooLate);
        bounded.thread.start();
        return bounded;
    }

    /// Waits until it is done, the limit is over, or `stop` is counted down.
    T await(Duration limit, CountDownLatch stop) throws InterruptedException, ExecutionException, TimeoutException {
        long end = System.nanoTime() + limit.toNanos();
        boolean over = false;
        while (!over) over = thread.join(SLICE) || stop.getCount() == 0 || System.nanoTime() - end >= 0;
        // From here on a late result is disposed of by the thread itself.
        if (result.completeExceptionally(new TimeoutException("took longer than " + limit))) thread.interrupt();
        return result.get(0, TimeUnit.MILLISECONDS);
    }

    /// Waits until its thread is at its end, with whatever became of the step, or the limit is over.
    boolean join(Duration limit) throws InterruptedException {
        return !limit.isPositive() ? !thread.isAlive() : thread.join(limit);
    }

    boolean isAlive() {
        return thread.isAlive();
    }
}
