package io.engram.bench;

import io.engram.client.EngramException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/// A client that makes one call after the other, and when each of them was answered. End it: that ends its thread, and closes the client.
final class Watched {
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

    /// As [#longestGap], of the answers up to now, in ms.
    double longestGapMillis(long from, long to) {
        synchronized (answers) {
            return longestGap(answers, from, to, System.nanoTime()) / 1e6;
        }
    }

    /// The longest time from one answer to the next of those gaps that reach into the span. One that began before the span
    /// counts from the span's begin, one that ends after it counts whole, one that has not ended until now.
    ///
    /// @param answers in order, like all times here of the clock that [System#nanoTime] reads
    static long longestGap(List<Long> answers, long from, long to, long now) {
        long longest = 0;
        long before = from;
        for (long answer : answers) {
            if (answer - from <= 0) continue;
            longest = Math.max(longest, answer - before);
            before = answer;
            if (answer - to >= 0) return longest;
        }
        return Math.max(longest, now - before);
    }

    void end() throws Exception {
        ended = true;
        thread.interrupt();
        if (!thread.join(ENDS_WITHIN)) throw new IllegalStateException("client " + name + " did not end");
        client.close();
    }
}
