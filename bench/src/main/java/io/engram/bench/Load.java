package io.engram.bench;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.HdrHistogram.Histogram;

/// Callers that each ask again as soon as they have their answer, for a while.
final class Load {
    private static final long HIGHEST = Duration.ofMinutes(1).toNanos();
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /// @param perSecond answers a second over all callers
    /// @param failed calls that ended in an exception; they are in no other figure
    /// @param example what one of these failed with
    record Result(double perSecond, double p50Millis, double p99Millis, int failed, Optional<RuntimeException> example) {}

    @FunctionalInterface
    interface Call {
        /// @param caller from 0
        /// @param number of the call of this caller, from 0
        void make(int caller, long number);
    }

    private Load() {}

    static Result run(int callers, Duration time, Call call) {
        List<Thread> threads = new ArrayList<>();
        List<Histogram> latencies = new ArrayList<>();
        AtomicInteger failed = new AtomicInteger();
        AtomicReference<RuntimeException> example = new AtomicReference<>();
        long began = System.nanoTime();
        long end = began + time.toNanos();
        for (int i = 0; i < callers; i++) {
            int caller = i;
            Histogram latency = new Histogram(HIGHEST, 3);
            latencies.add(latency);
            threads.add(Thread.ofVirtual().start(() -> {
                for (long number = 0; System.nanoTime() < end; number++) {
                    long start = System.nanoTime();
                    try {
                        call.make(caller, number);
                        latency.recordValue(Math.min(HIGHEST, System.nanoTime() - start));
                    } catch (RuntimeException e) {
                        failed.incrementAndGet();
                        example.compareAndSet(null, e);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            try {
                if (!thread.join(time.plus(PATIENCE))) throw new IllegalStateException("a caller did not end");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while measuring", e);
            }
        }
        double seconds = (System.nanoTime() - began) / 1e9;
        Histogram all = new Histogram(HIGHEST, 3);
        latencies.forEach(all::add);
        if (all.getTotalCount() == 0) throw new IllegalStateException("every call failed", example.get());
        return new Result(
                all.getTotalCount() / seconds, all.getValueAtPercentile(50) / 1e6, all.getValueAtPercentile(99) / 1e6, failed.get(), Optional.ofNullable(example.get()));
    }
}
