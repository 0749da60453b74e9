package io.engram.client;

/// A place in one shard's history. Every write returns one.
///
/// @param shard 0 .. shards of the cluster - 1
/// @param index counts what the shard has applied; the first is 1
public record Position(int shard, long index) {
    public Position {
        if (shard < 0) throw new IllegalArgumentException("shard must be >= 0, was " + shard);
        if (index < 0) throw new IllegalArgumentException("index must be >= 0, was " + index);
    }
}
