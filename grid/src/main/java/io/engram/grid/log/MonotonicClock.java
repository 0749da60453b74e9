package io.engram.grid.log;

/// Local time that never jumps. Readings of two processes must never be compared.
@FunctionalInterface
public interface MonotonicClock {
    MonotonicClock SYSTEM = System::nanoTime;

    /// Nanoseconds since an arbitrary origin; differences are meaningful, values are not.
    long nanos();
}
