package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.View;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.segment.SegmentStore.Recorded;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.shard.ShardReading.Located;
import io.engram.grid.tier.hot.HotTier;
import io.engram.grid.tier.hot.HotTier.HotKey;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.atomic.LongAdder;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Fetches the records of one shard: from the hot tier if what it has is, byte for byte, what the key table says;
/// otherwise from the segment on this node's disk, and then the hot tier is given them again.
///
/// The caller holds the reading that located the rows. Blocks for as long as the hot tier may take; safe for use by many threads.
final class Records {
    private static final Logger log = LoggerFactory.getLogger(Records.class);

    /// The segment is a page-cache read away: waiting longer than this for a grid in RAM gains nothing.
    static final Duration HOT_LIMIT = Duration.ofMillis(50);

    private static final int MOST_DAMAGED_NAMED = 16;

    private final ShardId shard;
    private final SegmentStore segments;
    private final HotTier hot;
    private final MonotonicClock clock;
    private final SortedSet<String> damaged = new ConcurrentSkipListSet<>();
    final LongAdder hotHits = new LongAdder();
    final LongAdder hotWrong = new LongAdder();
    final LongAdder segmentReads = new LongAdder();

    Records(ShardId shard, SegmentStore segments, HotTier hot, MonotonicClock clock) {
        this.shard = shard;
        this.segments = segments;
        this.hot = hot;
        this.clock = clock;
    }

    /// In the order given.
    List<Memory> load(SpaceId space, List<Located> rows, View view, Deadline deadline) {
        var memories = new ArrayList<Memory>(rows.size());
        if (view == View.KEYS) {
            // Key and version stand in the key table, which is on this node; nothing else was looked at.
            for (Located row : rows) memories.add(new Memory(keyOnly(row.key()), shard, row.version(), Memory.Tier.WARM, 0));
            return memories;
        }
        Map<HotKey, HotRecord> fromHot = askHot(space, rows, deadline);
        for (Located row : rows) {
            HotRecord record = fromHot.get(new HotKey(shard, space, row.key()));
            memories.add(memory(space, row, view, record == null ? Optional.empty() : Optional.of(record)));
        }
        return memories;
    }

    private Map<HotKey, HotRecord> askHot(SpaceId space, List<Located> rows, Deadline deadline) {
        Duration left = deadline.left(clock);
        if (rows.isEmpty() || !left.isPositive()) return Map.of();
        var keys = rows.stream().map(row -> new HotKey(shard, space, row.key())).toList();
        return hot.get(keys, left.compareTo(HOT_LIMIT) < 0 ? left : HOT_LIMIT);
    }

    private Memory memory(SpaceId space, Located row, View view, Optional<HotRecord> fromHot) {
        Optional<Observation> hotObservation = fromHot.flatMap(record -> verified(space, row, record));
        if (hotObservation.isPresent()) {
            hotHits.increment();
            return memory(row, hotObservation.get(), view, Memory.Tier.HOT);
        }
        Recorded recorded = fromSegment(row.row());
        if (recorded.version() != row.version() || !recorded.space().equals(space) || !recorded.observation().key().equals(row.key()))
            throw new IllegalStateException("row " + row.row() + " of shard " + shard + " is not the one that the key table names");
        repair(new HotKey(shard, space, row.key()), fromHot, recorded);
        return memory(row, recorded.observation(), view, Memory.Tier.WARM);
    }

    /// The record, if it is the very one that the key table names.
    private Optional<Observation> verified(SpaceId space, Located row, HotRecord record) {
        if (record.version() == row.version() && checksum(record.bytes()) == row.checksum()) {
            try {
                Recorded parsed = segments.parse(record.bytes());
                if (parsed.version() == row.version() && parsed.space().equals(space) && parsed.observation().key().equals(row.key()))
                    return Optional.of(parsed.observation());
            } catch (IllegalArgumentException e) {
                log.debug("hot record does not parse shard={} key={}", shard, row.key(), e);
            }
        }
        hotWrong.increment();
        return Optional.empty();
    }

    private void repair(HotKey key, Optional<HotRecord> wrong, Recorded right) {
        // A newer version in the grid is most likely a write that this reading does not see yet.
        if (wrong.isPresent() && wrong.get().version() > right.version()) return;
        hot.offer(key, new HotRecord(right.version(), right.bytes()));
    }

    private Recorded fromSegment(RowId row) {
        segmentReads.increment();
        try {
            return segments.read(row);
        } catch (DamagedFileException e) {
            throw damaged(e);
        }
    }

    int checksum(RowId row) {
        return segments.checksum(row);
    }

    /// Notes the file, for the operator; what is thrown sends the read to another replica.
    RefusedException damaged(DamagedFileException e) {
        if (damaged.size() < MOST_DAMAGED_NAMED && damaged.add(e.file().toString()))
            log.error("record file damaged shard={} file={} what={}", shard, e.file(), e.getMessage());
        return new RefusedException(Reason.NOT_READY, "shard " + shard + ": " + e.getMessage(), e);
    }

    /// Files found damaged while reading.
    SortedSet<String> damagedFiles() {
        return damaged;
    }

    private Memory memory(Located row, Observation observation, View view, Memory.Tier tier) {
        // Both tiers hold the observation bit for bit: nothing was lost that confidence would have to be lowered for.
        return new Memory(view == View.FULL ? observation : withoutVector(observation), shard, row.version(), tier, observation.confidence());
    }

    private static Observation withoutVector(Observation full) {
        return new Observation(
                full.key(), full.text(), Optional.empty(), full.confidence(), full.observedAt(), full.attributes(), full.links());
    }

    private static Observation keyOnly(MemoryKey key) {
        return new Observation(key, "", Optional.empty(), 0, Instant.EPOCH, new TreeMap<>(), List.of());
    }

    private static int checksum(byte[] bytes) {
        var crc = new CRC32C();
        crc.update(bytes);
        return (int) crc.getValue();
    }
}
