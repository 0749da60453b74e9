package io.engram.grid.route;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.segment.SegmentStore.Recorded;
import io.engram.grid.memory.shard.Applied;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.tier.hot.HotTier;
import io.engram.grid.tier.hot.HotTier.HotKey;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts what a shard has recorded into the hot tier, on the replica that leads. Nobody waits for it; what it has no room for
/// is left out, and put there by the first read instead.
///
/// Listens on the thread that applies the log, and hands on to one virtual thread of its own.
public final class HotWrites implements Applied, AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(HotWrites.class);

    /// Some tenths of a second's writes at full speed.
    static final int WAITING = 8_192;

    private static final int AT_ONCE = 128;

    private final ShardId shard;
    private final SegmentStore segments;
    private final HotTier hot;
    private final BlockingQueue<Written> waiting = new ArrayBlockingQueue<>(WAITING);
    private volatile boolean leading;
    private volatile @Nullable Thread carrier;
    final LongAdder leftOut = new LongAdder();

    private record Written(SpaceId space, MemoryKey key, long version) {}

    public HotWrites(ShardId shard, SegmentStore segments, HotTier hot) {
        this.shard = shard;
        this.segments = segments;
        this.hot = hot;
    }

    /// @param replica whose state this listens to
    public void start(ShardReads replica) {
        carrier = Thread.ofVirtual().name("engram-hot-writes-" + shard).start(() -> carry(replica));
    }

    /// Followers stay silent: one of the replicas is enough.
    void leading(boolean now) {
        leading = now;
    }

    @Override
    public void recorded(Space space, MemoryKey key, long version, SegmentStore.RowId row) {
        if (leading && !waiting.offer(new Written(space.id(), key, version))) leftOut.increment();
    }

    @Override
    public void forgotten(Space space, MemoryKey key, long version) {
        if (leading) hot.drop(new HotKey(shard, space.id(), key), version);
    }

    @Override
    public void dropped(SpaceId space) {
        if (leading) hot.dropSpace(space, List.of(shard));
    }

    private void carry(ShardReads replica) {
        var batch = new ArrayList<Written>(AT_ONCE);
        try {
            while (true) {
                batch.add(waiting.take());
                waiting.drainTo(batch, AT_ONCE - 1);
                offer(replica, batch);
                batch.clear();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void offer(ShardReads replica, List<Written> batch) {
        try (ShardReading reading = replica.read()) {
            for (Written written : batch) {
                var row = reading.find(written.space, written.key);
                // Overwritten or forgotten meanwhile: the later change comes by itself.
                if (row.isEmpty() || row.get().version() != written.version) continue;
                Recorded recorded = segments.read(row.get().row());
                hot.offer(new HotKey(shard, written.space, written.key), new HotRecord(recorded.version(), recorded.bytes()));
            }
        } catch (IOException | RuntimeException e) {
            leftOut.add(batch.size());
            log.warn("hot writes left out shard={} count={}", shard, batch.size(), e);
        }
    }

    @Override
    public void close() {
        Thread running = carrier;
        if (running == null) return;
        running.interrupt();
        try {
            // The segments are closed next.
            var _ = running.join(Duration.ofSeconds(1));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
