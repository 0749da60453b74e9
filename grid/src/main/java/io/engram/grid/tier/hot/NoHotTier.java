package io.engram.grid.tier.hot;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.SpaceId;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// No hot tier is configured: every read is a miss.
public final class NoHotTier implements HotTier {
    @Override
    public Map<HotKey, HotRecord> get(List<HotKey> keys, Duration limit) {
        return Map.of();
    }

    @Override
    public void offer(HotKey key, HotRecord record) {}

    @Override
    public void drop(HotKey key, long version) {}

    @Override
    public void dropSpace(SpaceId space, List<ShardId> shards) {}

    @Override
    public Health health() {
        return new Health("off", "not configured", 0, 0, 0);
    }

    @Override
    public void close() {}
}
