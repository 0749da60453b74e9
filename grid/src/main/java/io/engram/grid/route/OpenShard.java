package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.View;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReading.Located;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// One reading of a replica on this node, let through by the gate, and how its records are fetched. Close it.
final class OpenShard implements AutoCloseable {
    /// A scan with a filter that lets little through looks at the clock this often.
    private static final int ROWS_BETWEEN_LOOKS = 1024;

    private final ShardId shard;
    private final ShardReading reading;
    private final Records records;
    private final Deadline deadline;
    private final MonotonicClock clock;

    OpenShard(ShardId shard, ShardReading reading, Records records, Deadline deadline, MonotonicClock clock) {
        this.shard = shard;
        this.reading = reading;
        this.records = records;
        this.deadline = deadline;
        this.clock = clock;
    }

    ShardId shard() {
        return shard;
    }

    /// @throws RefusedException `SPACE_NOT_FOUND` if this shard has not installed it, or has dropped it
    private Space space(SpaceId id) {
        return reading.space(id).orElseThrow(() ->
                new RefusedException(Reason.SPACE_NOT_FOUND, "shard " + shard + " does not hold the space"));
    }

    List<Memory> get(SpaceId id, List<MemoryKey> keys, View view) {
        space(id);
        var found = new ArrayList<Located>(keys.size());
        for (MemoryKey key : keys) reading.find(id, key).ifPresent(found::add);
        return load(id, found, view);
    }

    /// At most `limit` by key.
    List<Located> list(SpaceId id, String prefix, Optional<Filter> filter, Optional<MemoryKey> from, int limit) {
        space(id);
        var found = new ArrayList<Located>();
        SegmentStore.View rows = reading.rows();
        int looked = 0;
        try (var scan = reading.scan(id, from, prefix)) {
            for (Iterator<Located> all = scan.iterator(); found.size() < limit && all.hasNext(); ) {
                Located next = all.next();
                if (++looked % ROWS_BETWEEN_LOOKS == 0) look("listing");
                if (filter.isEmpty() || rows.matches(next.row(), filter.get())) found.add(next);
            }
        }
        return found;
    }

    private void look(String doing) {
        if (deadline.passed(clock))
            throw new RefusedException(Reason.DEADLINE_EXCEEDED, doing + " shard " + shard + " took longer than the deadline allows");
    }

    /// @param hits where they stand, best first
    /// @param scores one for each hit
    record Searched(List<Located> hits, List<Double> scores, long considered) {}

    Searched search(SpaceId id, Embedding query, int k, Optional<Filter> filter, OptionalDouble minScore) {
        Space space = space(id);
        SegmentStore.Found found;
        try {
            found = reading.rows().search(space, query, k, filter, minScore, () -> look("searching"));
        } catch (DamagedFileException e) {
            throw records.damaged(e);
        }
        var hits = new ArrayList<Located>(found.hits().size());
        var scores = new ArrayList<Double>(found.hits().size());
        for (SegmentStore.Hit hit : found.hits()) {
            hits.add(new Located(new MemoryKey(hit.key()), hit.version(), hit.row(), records.checksum(hit.row())));
            scores.add(hit.score());
        }
        return new Searched(hits, scores, found.considered());
    }

    List<Memory> load(SpaceId id, List<Located> rows, View view) {
        return records.load(id, rows, view, deadline);
    }

    Optional<Space> space(SpaceName name) {
        return reading.cataloged(name).filter(ShardReading.Cataloged::visible).map(ShardReading.Cataloged::space);
    }

    List<Space> spaces(Optional<SpaceName> after, int limit) {
        try (var all = reading.catalog(after)) {
            return all.limit(limit).toList();
        }
    }

    @Override
    public void close() {
        reading.close();
    }
}
