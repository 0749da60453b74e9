package io.engram.grid.freshness;

import java.time.Duration;

/// A moment of this node, by both of its clocks.
///
/// @param nanos monotonic; may stand still while the machine is suspended
/// @param wallMillis wall clock; may jump either way
record Moment(long nanos, long wallMillis) {
    /// How long before `later` this was: the larger of what the two clocks say, so that a suspended machine or a clock that
    /// jumped can only make it look older. Zero if this was after `later`, which the monotonic clock alone can tell.
    Duration ageAt(Moment later) {
        long monotonic = later.nanos - nanos;
        if (monotonic < 0) return Duration.ZERO;
        long wall = 1_000_000 * (later.wallMillis - wallMillis);
        return Duration.ofNanos(Math.max(0, Math.max(monotonic, wall)));
    }
}
