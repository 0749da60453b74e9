package io.engram.grid.tier.hot;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SpaceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// Records in RAM, spread over the nodes. Decides nothing: whatever it returns must be checked against the
/// shard's key table, and whatever it loses is in the segment.
///
/// Real: Hazelcast. Also [NoHotTier]. Safe for use by many threads.
public interface HotTier extends AutoCloseable {
    record HotKey(ShardId shard, SpaceId space, MemoryKey key) {}

    /// @param bytes as the segment store serialized it
    record HotRecord(long version, byte[] bytes) {}

    /// What the grid has of these keys within `limit`; anything that goes wrong is a miss.
    Map<HotKey, HotRecord> get(List<HotKey> keys, Duration limit);

    /// Puts a record there some time, unless a newer version is there. Never blocks; drops it under pressure.
    void offer(HotKey key, HotRecord record);

    /// Forgets a key some time. Never blocks.
    void drop(HotKey key, long version);

    void dropSpace(SpaceId space, List<ShardId> shards);

    Health health();

    /// @param state up, degraded, down
    record Health(String state, String detail, int members, long entries, long bytes) {}

    @Override
    void close();
}
