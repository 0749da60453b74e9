/// A whole cluster in one thread: a seeded scheduler, simulated time, network, disks and clocks, and histories that are judged.
///
/// Same seed, same run: `-Dengram.sim.seed=N` replays one, with a trace.
@NullMarked
package io.engram.grid.simulation;

import org.jspecify.annotations.NullMarked;
