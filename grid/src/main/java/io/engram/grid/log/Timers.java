package io.engram.grid.log;

import java.time.Duration;

/// Runs things later. The real one uses a thread; the simulated one is driven by the test.
public interface Timers {
    /// Runs `task` once after `delay`, unless cancelled before. Tasks must not block.
    Timer after(Duration delay, Runnable task);

    interface Timer {
        void cancel();
    }
}
