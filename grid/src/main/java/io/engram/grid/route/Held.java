package io.engram.grid.route;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.shard.ShardReads;

/// What this node has of one shard, besides its log.
public record Held(ShardId shard, SegmentStore segments, ShardReads state, HotWrites hotWrites) {}
