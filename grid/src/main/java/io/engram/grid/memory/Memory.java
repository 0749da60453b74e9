package io.engram.grid.memory;

import io.engram.grid.log.ShardId;

/// An observation once recorded.
///
/// @param version index of the write's position in its shard
/// @param tier where the bytes of this answer came from
/// @param adjustedConfidence after adjustment for the tier, never above the observation's
public record Memory(Observation observation, ShardId shard, long version, Tier tier, double adjustedConfidence) {
    public enum Tier { HOT, WARM, COLD }
}
