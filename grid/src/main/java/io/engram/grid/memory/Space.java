package io.engram.grid.memory;

import com.google.common.hash.Hashing;
import io.engram.grid.log.ShardId;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;

/// A tenant's memory.
///
/// @param dimension floats in a vector, 1..4096
/// @param shards over which the keys are spread; order matters, it is part of the hash
/// @param revision counts the changes of its settings, from 1
public record Space(
        SpaceId id, SpaceName name, int dimension, Similarity similarity, List<ShardId> shards, SpaceLimits limits,
        Instant createdAt, long revision) {
    public Space {
        shards = List.copyOf(shards);
    }

    /// The shard that orders the writes of a key. Fixed for the life of the space.
    public ShardId shardOf(MemoryKey key) {
        return shards.get(bucket(key.value()));
    }

    /// The shard that keeps a session's rejections.
    public ShardId homeOf(SessionId session) {
        return shards.get(bucket(session.value()));
    }

    private int bucket(String text) {
        int hash = Hashing.murmur3_32_fixed().hashString(text, StandardCharsets.UTF_8).asInt();
        return Math.floorMod(hash, shards.size());
    }
}
