package io.engram.grid.simulation;

import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;

/// One node's process: it can be paused (all that comes meanwhile comes in a burst afterwards), suspended with its machine
/// (then its monotonic clock stands still too), and killed.
final class SimProcess {
    private final Simulation simulation;
    private final ArrayDeque<Runnable> backlog = new ArrayDeque<>();
    private final long origin;
    final NodeId id;
    private int life;
    private boolean up;
    private boolean paused;
    private long stoppedAt = -1;
    private long suspendedNanos;
    private long wallOffsetMillis;
    private double wallDrift;

    SimProcess(Simulation simulation, NodeId id) {
        this.simulation = simulation;
        this.id = id;
        this.origin = simulation.random.nextLong();
    }

    int life() {
        return life;
    }

    boolean up() {
        return up;
    }

    boolean paused() {
        return paused;
    }

    void start() {
        life++;
        up = true;
    }

    void kill() {
        up = false;
        paused = false;
        backlog.clear();
        endSuspension();
    }

    void pause() {
        paused = true;
    }

    void suspend() {
        paused = true;
        stoppedAt = simulation.now();
    }

    void resume() {
        paused = false;
        endSuspension();
        while (!paused && !backlog.isEmpty()) backlog.poll().run();
    }

    private void endSuspension() {
        if (stoppedAt >= 0) suspendedNanos += simulation.now() - stoppedAt;
        stoppedAt = -1;
    }

    /// Runs a task of this life of the process: now, after the pause, or never.
    void run(int ofLife, Runnable task) {
        if (!up || ofLife != life) return;
        if (paused) backlog.add(() -> run(ofLife, task));
        else task.run();
    }

    void jumpWallClock(Duration by) {
        wallOffsetMillis += by.toMillis();
    }

    void driftWallClock(double rate) {
        wallDrift = rate;
    }

    MonotonicClock monotonic() {
        return () -> origin + simulation.now() - suspendedNanos;
    }

    InstantSource wall() {
        return () -> Instant.ofEpochMilli(
                1_700_000_000_000L + (long) (simulation.now() / 1e6 * (1 + wallDrift)) + wallOffsetMillis);
    }
}
