package io.engram.grid.simulation;

import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Timers;
import java.time.Duration;

/// A process' own time: timers end with the life that set them.
final class SimTime implements MonotonicClock, Timers {
    private final Simulation simulation;
    private final SimProcess process;
    private final int life;

    SimTime(Simulation simulation, SimProcess process) {
        this.simulation = simulation;
        this.process = process;
        this.life = process.life();
    }

    @Override
    public long nanos() {
        return process.monotonic().nanos();
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        boolean[] cancelled = new boolean[1];
        simulation.at(delay, () -> process.run(life, () -> {
            if (!cancelled[0]) task.run();
        }));
        return () -> cancelled[0] = true;
    }
}
