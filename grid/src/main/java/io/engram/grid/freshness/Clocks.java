package io.engram.grid.freshness;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import java.time.Duration;
import java.time.InstantSource;

/// The two clocks of a node. Both are read, and neither is trusted alone.
public record Clocks(MonotonicClock monotonic, InstantSource wall) {
    public static final Clocks SYSTEM = new Clocks(MonotonicClock.SYSTEM, InstantSource.system());

    Moment now() {
        return new Moment(monotonic.nanos(), wall.millis());
    }

    Deadline in(Duration duration) {
        return Deadline.after(duration, monotonic);
    }
}
