package io.engram.grid.log;

import java.time.Duration;

/// A moment of this process' monotonic clock by which something must have ended.
///
/// @param nanos as [System#nanoTime] counts; in simulations as the simulated clock counts
public record Deadline(long nanos) {
    public static Deadline after(Duration duration, MonotonicClock clock) {
        return new Deadline(clock.nanos() + duration.toNanos());
    }

    /// Time left; zero or negative once it has passed.
    public Duration left(MonotonicClock clock) {
        return Duration.ofNanos(nanos - clock.nanos());
    }

    public boolean passed(MonotonicClock clock) {
        return nanos - clock.nanos() <= 0;
    }

    public Deadline earlier(Deadline other) {
        return nanos - other.nanos <= 0 ? this : other;
    }
}
