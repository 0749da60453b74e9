package io.engram.grid.memory;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Timers;
import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;

/// Time that passes only when the test says so; tasks run in the order of their times, on the test's thread.
public final class ManualTime implements Timers, MonotonicClock {
    private record Task(long atNanos, long order, Runnable run) {}

    private final PriorityQueue<Task> tasks =
            new PriorityQueue<>(Comparator.comparingLong(Task::atNanos).thenComparingLong(Task::order));
    private long nanos;
    private long order;

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        Task entry = new Task(nanos + Math.max(0, delay.toNanos()), order++, task);
        tasks.add(entry);
        return () -> tasks.remove(entry);
    }

    public Deadline in(Duration duration) {
        return Deadline.after(duration, this);
    }

    /// Runs the next task, moving time on to it. False: there is none.
    public boolean step() {
        Task task = tasks.poll();
        if (task == null) return false;
        nanos = Math.max(nanos, task.atNanos());
        task.run().run();
        return true;
    }

    public void advance(Duration duration) {
        long end = nanos + duration.toNanos();
        for (Task next = tasks.peek(); next != null && next.atNanos() <= end; next = tasks.peek()) step();
        nanos = end;
    }
}
