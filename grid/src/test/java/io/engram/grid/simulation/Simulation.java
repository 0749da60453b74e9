package io.engram.grid.simulation;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.Supplier;

/// One thread, one queue of events, one source of chance.
final class Simulation {
    private record Event(long at, long number, Runnable task) {}

    private final PriorityQueue<Event> events =
            new PriorityQueue<>((a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.number, b.number));
    private final boolean tracing;
    private final List<String> trace = new ArrayList<>();
    private long now;
    private long numbers;
    final Random random;

    Simulation(long seed, boolean tracing) {
        this.tracing = tracing;
        this.random = new Random(seed * 0x9E3779B97F4A7C15L + 1);
        // The first draws of a Random with a small seed are alike from seed to seed.
        for (int i = 0; i < 8; i++) random.nextLong();
    }

    /// Nanoseconds of true time, which nobody inside the simulation sees.
    long now() {
        return now;
    }

    void at(Duration delay, Runnable task) {
        events.add(new Event(now + Math.max(0, delay.toNanos()), numbers++, task));
    }

    void runFor(Duration duration) {
        long end = now + duration.toNanos();
        for (Event next = events.peek(); next != null && next.at <= end; next = events.peek()) {
            events.poll();
            now = next.at;
            next.task.run();
        }
        now = end;
    }

    boolean chance(double probability) {
        return random.nextDouble() < probability;
    }

    /// Between `least` and `most`, evenly.
    Duration between(Duration least, Duration most) {
        return Duration.ofNanos(random.nextLong(least.toNanos(), most.toNanos() + 1));
    }

    <T> T oneOf(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    void trace(Supplier<String> what) {
        if (tracing) trace.add(String.format("%10.3f ms  %s", now / 1e6, what.get()));
    }

    List<String> trace() {
        return trace;
    }
}
