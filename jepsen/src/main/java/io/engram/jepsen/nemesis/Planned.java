package io.engram.jepsen.nemesis;

import java.time.Duration;

/// A fault with its time and place.
///
/// @param id unique in its schedule; names the fault window in the history and the report
/// @param at since the mixed phase began
/// @param lasts from injection to healing
public record Planned(int id, Duration at, Duration lasts, Target target, Fault fault) {
    public Planned {
        if (at.isNegative()) throw new IllegalArgumentException("at must not be negative, was " + at);
        if (lasts.isNegative() || lasts.isZero()) throw new IllegalArgumentException("lasts must be positive, was " + lasts);
    }
}
