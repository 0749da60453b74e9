package io.engram.bench;

import io.engram.client.EngramException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A client that makes one call after the other, and when each of them was answered. Close it: that ends its thread.
final class Watched implements AutoCloseable {
    /// Seldom enough that six of them leave the machine to the cluster, often enough for the figures' unit.
    private static final Duration BETWEEN = Duration.ofMillis(20);
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(60);

    /// One call that is answered, or throws why it was not.
    @FunctionalInterface
    interface Step {
        void make(long number);
    }

    private final String name;
    private final AutoCloseable client;
    private final Thread thread;
    /// Guarded by itself.
    private final List<Long> answers = new ArrayList<>();
    private volatile boolean ended;

    /// @param client what the step uses, closed with this
    Watched(String name, AutoCloseable client, Step step) {
        this.name = name;
        this.client = client;
        this.thread = Thread.ofVirtual().name("watched-" + name).start(() -> ask(step));
    }

    String name() {
        return name;
    }

    private void ask(Step step) {
        for (long number = 0; !ended; number++) {
            try {
                step.make(number);
                synchronized (answers) {
                    answers.add(System.nanoTime());
                }
            } catch (EngramException noAnswer) {
                // What counts is when the next one is answered.
            }
            try {
                TimeUnit.NANOSECONDS.sleep(BETWEEN.toNanos());
            } catch (InterruptedException end) {
                return;
            }
        }
    }

    /// Whether anything was answered after this moment.
    boolean answeredSince(long moment) {
        synchronized (answers) {
            return !answers.isEmpty() && answers.getLast() - moment > 0;
        }
    }

    /// The longest time from one answer to the next of those gaps that reach into the span, in ms. A gap that began before
    /// the span counts from its begin; one that has not ended counts until now.
    ///
    /// @param from in `System.nanoTime()`
    double longestGapMillis(long from, long to) {
        long longest = 0;
        synchronized (answers) {
            long before = from;
            for (long answer : answers) {
                if (answer - from > 0) longest = Math.max(longest, answer - before);
                before = Math.max(from, answer);
                if (answer - to > 0) return longest / 1e6;
            }
            return Math.max(longest, System.nanoTime() - before) / 1e6;
        }
    }

    @Override
    public void close() throws Exception {
        ended = true;
        thread.interrupt();
        if (!thread.join(ENDS_WITHIN)) throw new IllegalStateException("client " + name + " did not end");
        client.close();
    }
}
