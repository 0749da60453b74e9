package io.engram.jepsen.checker;

import java.time.Duration;

/// What a check may use.
///
/// @param time from the start of the check
/// @param memoryBytes for its tables, over all its threads
/// @param threads at most
public record Limits(Duration time, long memoryBytes, int threads) {
    public Limits {
        if (time.isNegative() || time.isZero()) throw new IllegalArgumentException("time must be positive, was " + time);
        if (memoryBytes < 1) throw new IllegalArgumentException("memoryBytes must be positive, was " + memoryBytes);
        if (threads < 1) throw new IllegalArgumentException("threads must be positive, was " + threads);
    }

    /// A minute, half of the heap, every core.
    public static Limits usual() {
        return new Limits(Duration.ofMinutes(1), Runtime.getRuntime().maxMemory() / 2, Runtime.getRuntime().availableProcessors());
    }
}
