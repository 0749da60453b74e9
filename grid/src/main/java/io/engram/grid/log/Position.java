package io.engram.grid.log;

/// A place in one shard's history.
///
/// @param index counts what the shard has applied, from 1; 0 stands before all. A command takes one position, a batch of a
///     session one for each observation that it records, so that each version is one position
public record Position(ShardId shard, long index) {
    public Position {
        if (index < 0) throw new IllegalArgumentException("position must be >= 0, was " + index);
    }
}
