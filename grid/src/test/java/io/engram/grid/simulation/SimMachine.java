package io.engram.grid.simulation;

import io.engram.grid.freshness.ReadGate;
import io.engram.grid.log.ShardMachine;
import java.util.Optional;

/// A shard's state machine of which the register workload can ask what stands under a key.
interface SimMachine extends ShardMachine, ReadGate.Positions {
    Optional<Held> get(String key);

    /// Equal on all replicas that have applied the same.
    long digest();

    record Held(long version, String text) {}
}
