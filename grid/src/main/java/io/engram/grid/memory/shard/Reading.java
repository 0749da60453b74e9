package io.engram.grid.memory.shard;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.shard.KeyTable.Row;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;

/// A reader's hold on what was published.
final class Reading implements ShardReading {
    private final ShardId shard;
    private final Published published;
    private final Tables tables;
    private final AtomicBoolean open = new AtomicBoolean(true);

    /// @param published held for this reading
    Reading(ShardId shard, Published published) {
        this.shard = shard;
        this.published = published;
        this.tables = published.tables();
    }

    @Override
    public long position() {
        return tables.position();
    }

    @Override
    public Duration logTime() {
        return Duration.ofMillis(tables.logTimeMs());
    }

    @Override
    public Optional<Space> space(SpaceId space) {
        return tables.space(space).map(SpaceTable::space);
    }

    @Override
    public Stream<Space> spaces() {
        return tables.spaces().values().stream().map(SpaceTable::space);
    }

    @Override
    public Optional<Located> find(SpaceId space, MemoryKey key) {
        return tables.space(space).flatMap(table -> {
            Row row = table.keys().find(key);
            return row == null ? Optional.empty() : Optional.of(KeyTable.located(key, row));
        });
    }

    @Override
    public Stream<Located> scan(SpaceId space, Optional<MemoryKey> from, String prefix) {
        return tables.space(space).map(table -> table.keys().scan(from, prefix)).orElseGet(Stream::empty);
    }

    @Override
    public long memories(SpaceId space) {
        return tables.space(space).map(table -> table.keys().size()).orElse(0);
    }

    @Override
    public SegmentStore.View rows() {
        if (!open.get()) throw new IllegalStateException("the reading is closed");
        return published.rows();
    }

    @Override
    public Optional<Cataloged> cataloged(SpaceName name) {
        return Optional.ofNullable(tables.catalog().get(name));
    }

    @Override
    public Optional<Cataloged> cataloged(SpaceId space) {
        return tables.cataloged(space);
    }

    @Override
    public Stream<Space> catalog(Optional<SpaceName> after) {
        return after.map(name -> tables.catalog().tailMap(name, false)).orElse(tables.catalog()).values().stream()
                .filter(Cataloged::visible)
                .map(Cataloged::space);
    }

    @Override
    public List<Cataloged> unsettled() {
        return tables.catalog().values().stream().filter(entry -> !entry.settled()).toList();
    }

    @Override
    public Optional<SessionReading> session(SpaceId space, SessionId session) {
        return tables.space(space).flatMap(table -> Optional.ofNullable(table.session(session))).map(Session::reading);
    }

    @Override
    public int sessions(SpaceId space) {
        return tables.space(space).map(table -> table.homed().size() + table.guests().size()).orElse(0);
    }

    @Override
    public List<Closing> closing() {
        List<Closing> closing = new ArrayList<>();
        for (SpaceTable table : tables.spaces().values())
            table.closing().forEach((session, incarnation) ->
                    closing.add(new Closing(table.space(), new SessionId(session), incarnation)));
        return closing;
    }

    @Override
    public boolean perishable() {
        return tables.outcomes() > 0 || tables.spaces().values().stream().anyMatch(table -> !table.homed().isEmpty());
    }

    @Override
    public long digest() {
        return Digest.of(shard, tables);
    }

    @Override
    public void close() {
        if (open.compareAndSet(true, false)) published.release();
    }
}
