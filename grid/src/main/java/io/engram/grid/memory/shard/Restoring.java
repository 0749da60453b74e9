package io.engram.grid.memory.shard;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.segment.SegmentStore.LiveRows;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.shard.KeptOutcomes.Kept;
import io.engram.grid.memory.shard.KeptOutcomes.Scope;
import io.engram.grid.memory.shard.KeyTable.Row;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import io.engram.grid.wire.MemoryRow;
import io.engram.grid.wire.OutcomeRow;
import io.engram.grid.wire.SessionRow;
import io.engram.grid.wire.SpaceRow;
import io.engram.grid.wire.TableBlock;
import io.engram.grid.wire.TableHeader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/// State being built aside from a table file and the rows of its record files.
final class Restoring implements TableReader.Rows, LiveRows {
    private static final int NOWHERE = -1;

    private final Path file;
    private final KeptOutcomes outcomes;
    private TableHeader header = TableHeader.getDefaultInstance();
    private TreePMap<SpaceName, Cataloged> catalog = TreePMap.empty();
    private TreePSet<SpaceId> dropped = TreePSet.empty();
    private final Map<SpaceId, SpaceTable> spaces = new TreeMap<>();
    private final Map<SpaceId, TreeMap<byte[], Row>> rows = new HashMap<>();

    /// @param outcomes empty; is filled
    Restoring(Path file, KeptOutcomes outcomes) {
        this.file = file;
        this.outcomes = outcomes;
    }

    @Override
    public void header(TableHeader read) {
        header = read;
    }

    TableHeader header() {
        return header;
    }

    @Override
    public void block(TableBlock block) throws DamagedFileException {
        for (var row : block.getCatalogList()) {
            Space space = WireFormat.from(row.getSpace());
            catalog = catalog.plus(space.name(), new Cataloged(space, row.getSettled(), row.getDropping()));
        }
        for (long id : block.getDroppedList()) dropped = dropped.plus(new SpaceId(id));
        for (SpaceRow row : block.getSpacesList()) space(row);
        for (MemoryRow row : block.getMemoriesList()) memory(row);
        for (SessionRow row : block.getSessionsList()) session(row);
        for (OutcomeRow row : block.getOutcomesList())
            outcomes.add(new Kept(
                    new Scope(new SpaceId(row.getSpace()), row.getAbout(), row.getKey()), row.getFingerprint(), row.getOutcome(),
                    row.getAtMs()));
    }

    private void space(SpaceRow row) {
        Space space = WireFormat.from(row.getSpace());
        TreePMap<String, Long> closing = TreePMap.empty();
        for (var entry : row.getClosingList()) closing = closing.plus(entry.getSession(), entry.getIncarnation());
        TreePMap<ShardId, Long> closed = TreePMap.empty();
        for (var entry : row.getClosedList()) closed = closed.plus(new ShardId(entry.getHome()), entry.getIncarnation());
        spaces.put(
                space.id(), new SpaceTable(space, KeyTable.EMPTY, TreePMap.empty(), TreePMap.empty(), closing, closed));
        rows.put(space.id(), new TreeMap<>(Arrays::compareUnsigned));
    }

    private void memory(MemoryRow row) throws DamagedFileException {
        TreeMap<byte[], Row> keys = rows.get(new SpaceId(row.getSpace()));
        if (keys == null) throw new DamagedFileException(file, "has a memory of a space that it has not");
        keys.put(row.getKey().toByteArray(), new Row(row.getVersion(), NOWHERE, NOWHERE, row.getChecksum()));
    }

    private void session(SessionRow row) throws DamagedFileException {
        SpaceTable table = spaces.get(new SpaceId(row.getSpace()));
        if (table == null) throw new DamagedFileException(file, "has a session of a space that it has not");
        Session session = new Session(
                row.getIncarnation(), row.getStream(), row.getSettled(), row.getCovered(), row.getActiveAtMs(),
                row.getRejectionsList());
        spaces.put(
                table.space().id(),
                row.getHomed() ? table.withHomed(row.getSession(), session) : table.withGuest(row.getSession(), session));
    }

    @Override
    public @Nullable Space accept(RowId id, SpaceId space, String key, long version) {
        TreeMap<byte[], Row> keys = rows.get(space);
        SpaceTable table = spaces.get(space);
        if (keys == null || table == null) return null;
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        Row row = keys.get(bytes);
        // A row that comes twice is the same record twice: the first one stays.
        if (row == null || row.version() != version || row.segment() != NOWHERE) return null;
        keys.put(bytes, Row.of(version, id, row.checksum()));
        return table.space();
    }

    /// To be called once all rows have been offered.
    ///
    /// @param checksums of the records that were found
    Tables tables(ToIntFunction<RowId> checksums) throws DamagedFileException {
        TreePMap<SpaceId, SpaceTable> complete = TreePMap.empty();
        for (SpaceTable table : spaces.values()) {
            TreeMap<byte[], Row> keys = Objects.requireNonNull(rows.get(table.space().id()));
            for (Row row : keys.values()) {
                if (row.segment() == NOWHERE)
                    throw new DamagedFileException(file, "names version " + row.version() + ", which is in none of its record files");
                if (checksums.applyAsInt(row.id()) != row.checksum())
                    throw new DamagedFileException(file, "names another record than its record files hold as version " + row.version());
            }
            complete = complete.plus(table.space().id(), table.with(KeyTable.of(keys)));
        }
        return new Tables(
                header.getPosition(), header.getLogTimeMs(), complete, dropped, catalog, outcomes.size(), outcomes.digest());
    }
}
