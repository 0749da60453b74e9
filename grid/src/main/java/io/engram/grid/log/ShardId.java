package io.engram.grid.log;

/// Number of a shard, 0 to shards-1; fixed when the cluster is created. Shard 0 also keeps the catalog of spaces.
public record ShardId(int value) implements Comparable<ShardId> {
    public static final ShardId CATALOG = new ShardId(0);

    public ShardId {
        if (value < 0) throw new IllegalArgumentException("shard must be >= 0, was " + value);
    }

    @Override
    public int compareTo(ShardId other) {
        return Integer.compare(value, other.value);
    }

    @Override
    public String toString() {
        return Integer.toString(value);
    }
}
