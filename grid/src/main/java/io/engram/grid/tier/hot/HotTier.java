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

    /// @param version from the verified envelope: the caller compares it with the key table's
    /// @param bytes as the segment store serialized it; must not be changed
    record HotRecord(long version, byte[] bytes) {}

    /// What the grid has of these keys within `limit`; anything that goes wrong is a miss.
    Map<HotKey, HotRecord> get(List<HotKey> keys, Duration limit);

    /// Puts a record there some time, unless a newer version is there; one of the same version that is not the same is replaced.
    /// Never blocks; drops it under pressure. The bytes are copied before it returns.
    void offer(HotKey key, HotRecord record);

    /// Forgets a key some time, unless a version above `version` is there. Never blocks.
    void drop(HotKey key, long version);

    /// Forgets what these shards keep of a space, some time. Never blocks.
    void dropSpace(SpaceId space, List<ShardId> shards);

    /// As of a second ago at most. Never blocks.
    Health health();

    /// What has happened since the tier was opened.
    default Counts counts() {
        return Counts.NONE;
    }

    /// @param state up; degraded: some members or shards do not answer; down: every read is a miss; off: not configured
    /// @param entries and `bytes`: this node's share, backups not counted in entries
    record Health(String state, String detail, int members, long entries, long bytes) {}

    /// Keys unless said otherwise.
    ///
    /// @param misses all keys asked for and not returned, whatever the reason
    /// @param timeouts of the misses: not answered within the limit
    /// @param refused of the misses: not asked, because the shard's circuit breaker was open
    /// @param failures of the misses: the grid answered with an error
    /// @param malformed of the misses: there was a value, but not ours, damaged, or another key's
    /// @param dropped changes given up because too many were waiting, or the grid was not there
    /// @param sendFailures changes sent whose fate is not known
    record Counts(
            long hits, long misses, long timeouts, long refused, long failures, long malformed, long sent,
            long dropped, long sendFailures) {
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0, 0, 0);
    }

    @Override
    void close();
}
