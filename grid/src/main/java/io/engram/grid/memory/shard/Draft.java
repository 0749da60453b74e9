package io.engram.grid.memory.shard;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.shard.KeyTable.Row;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/// The state while one entry is applied: starts as what is published, becomes what will be published, and is thrown away if
/// anything fails.
final class Draft {
    private final ShardId shard;
    private final SegmentStore segments;
    private final KeptOutcomes outcomes;
    private final long nowMs;
    private long position;
    private TreePMap<SpaceId, SpaceTable> spaces;
    private TreePSet<SpaceId> dropped;
    private TreePMap<SpaceName, Cataloged> catalog;
    private long sessionsDueMs;
    private final List<Consumer<Applied>> news = new ArrayList<>();

    /// @param nowMs log time of the entry, the same for all of its commands
    /// @param sessionsDueMs no session is due before this log time
    Draft(ShardId shard, SegmentStore segments, KeptOutcomes outcomes, Tables published, long nowMs, long sessionsDueMs) {
        this.shard = shard;
        this.segments = segments;
        this.outcomes = outcomes;
        this.nowMs = nowMs;
        this.sessionsDueMs = sessionsDueMs;
        position = published.position();
        spaces = published.spaces();
        dropped = published.dropped();
        catalog = published.catalog();
    }

    Tables tables() {
        return new Tables(position, nowMs, spaces, dropped, catalog, outcomes.size(), outcomes.digest());
    }

    ShardId shard() {
        return shard;
    }

    KeptOutcomes outcomes() {
        return outcomes;
    }

    long nowMs() {
        return nowMs;
    }

    long position() {
        return position;
    }

    void takePosition() {
        position++;
    }

    Optional<SpaceTable> space(long id) {
        return Optional.ofNullable(spaces.get(new SpaceId(id)));
    }

    void put(SpaceTable table) {
        spaces = spaces.plus(table.space().id(), table);
    }

    /// Records the observation at the current position.
    ///
    /// @return the version it replaced, or 0
    long record(SpaceTable table, Observation observation) throws IOException {
        MemoryKey key = observation.key();
        Row replaced = table.keys().find(key);
        RowId id = segments.append(table.space(), observation, position);
        if (replaced != null) segments.kill(table.space(), replaced.id(), position);
        put(table.with(table.keys().with(key, Row.of(position, id, segments.checksum(id)))));
        long version = position;
        news.add(listener -> listener.recorded(table.space(), key, version, id));
        return replaced == null ? 0 : replaced.version();
    }

    void forget(SpaceTable table, MemoryKey key, Row row) {
        segments.kill(table.space(), row.id(), position);
        put(table.with(table.keys().without(key)));
        news.add(listener -> listener.forgotten(table.space(), key, row.version()));
    }

    boolean isDropped(SpaceId id) {
        return dropped.contains(id);
    }

    void drop(SpaceId id) {
        dropped = dropped.plus(id);
        if (!spaces.containsKey(id)) return;
        spaces = spaces.minus(id);
        segments.drop(id);
        news.add(listener -> listener.dropped(id));
    }

    TreePMap<SpaceName, Cataloged> catalog() {
        return catalog;
    }

    void catalog(Cataloged entry) {
        catalog = catalog.plus(entry.space().name(), entry);
    }

    void uncatalog(SpaceName name) {
        catalog = catalog.minus(name);
    }

    /// A session of this table may be due from this log time on.
    void sessionDue(long dueMs) {
        sessionsDueMs = Math.min(sessionsDueMs, dueMs);
    }

    long sessionsDueMs() {
        return sessionsDueMs;
    }

    /// Forgets what log time alone has made due. Before the entry's commands, so that they see it gone, on every replica alike.
    void forgetDue() {
        outcomes.forgetBefore(nowMs);
        if (nowMs < sessionsDueMs) return;
        sessionsDueMs = Long.MAX_VALUE;
        for (SpaceTable table : spaces.values()) expireSessions(table);
    }

    private void expireSessions(SpaceTable table) {
        long idleMs = table.space().limits().sessionIdle().toMillis();
        SpaceTable left = table;
        for (var entry : table.homed().entrySet()) {
            Session session = entry.getValue();
            if (nowMs - session.activeAtMs() > idleMs) left = left.expired(entry.getKey(), session);
            else sessionDue(session.activeAtMs() + idleMs);
        }
        if (left.homed().size() < table.homed().size()) put(left);
    }

    void tell(Applied listener) {
        news.forEach(piece -> piece.accept(listener));
    }
}
