package io.engram.grid.log;

/// A place in one shard's history.
///
/// @param index counts the commands that the shard has applied, from 1; 0 stands before all of them
public record Position(ShardId shard, long index) {
    public Position {
        if (index < 0) throw new IllegalArgumentException("position must be >= 0, was " + index);
    }
}
