package io.engram.grid.memory.shard;

import io.engram.grid.freshness.ReadGate;
import io.engram.grid.log.ShardId;

/// The reading side of one shard's replica. Safe for use by many threads; takes no lock.
public interface ShardReads extends ReadGate.Positions {
    ShardId shard();

    /// The state at the last published position. Cheap; close it.
    ShardReading read();
}
