package io.engram.grid.memory.shard;

import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardMachine;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.segment.SegmentStore;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// One shard's state machine.
public final class ShardState implements ShardMachine, ShardReads, AutoCloseable {
    private final ShardId shard;

    /// @param segments owned by the caller, who closes it after this
    /// @param config must be the same on all replicas, or they would decide differently
    /// @param timers for the deadlines of those who wait for a position
    @SuppressWarnings("UnusedVariable")
    public ShardState(
            ShardId shard, SegmentStore segments, MemoryConfig config, Applied listener, Timers timers, MonotonicClock clock) {
        this.shard = shard;
    }

    @Override public ShardId shard() { return shard; }

    @Override public ShardReading read() { throw new UnsupportedOperationException("signature only"); }

    @Override public long published() { throw new UnsupportedOperationException("signature only"); }

    @Override public CompletableFuture<Void> whenPublished(long index, Deadline deadline) {
        throw new UnsupportedOperationException("signature only");
    }

    @Override public List<byte[]> apply(long logIndex, Entry entry) { throw new UnsupportedOperationException("signature only"); }

    @Override public void skip(long logIndex) { throw new UnsupportedOperationException("signature only"); }

    @Override public long applied() { throw new UnsupportedOperationException("signature only"); }

    @Override public List<Path> snapshot(Path folder) { throw new UnsupportedOperationException("signature only"); }

    @Override public void retain(List<Path> kept) { throw new UnsupportedOperationException("signature only"); }

    @Override public void restore(Path folder, List<Path> files) { throw new UnsupportedOperationException("signature only"); }

    @Override public void close() {}
}
