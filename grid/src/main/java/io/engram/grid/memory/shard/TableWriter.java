package io.engram.grid.memory.shard;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.CatalogRow;
import io.engram.grid.wire.ClosedRow;
import io.engram.grid.wire.ClosingRow;
import io.engram.grid.wire.MemoryRow;
import io.engram.grid.wire.OutcomeRow;
import io.engram.grid.wire.SessionRow;
import io.engram.grid.wire.SpaceRow;
import io.engram.grid.wire.TableBlock;
import io.engram.grid.wire.TableHeader;
import io.engram.grid.wire.TableTrailer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32C;
import java.util.zip.CheckedOutputStream;
import org.pcollections.TreePMap;

/// Writes tables block by block; no more than a block of them stands in memory twice.
final class TableWriter {
    private final CheckedOutputStream out;
    private TableBlock.Builder block = TableBlock.newBuilder();
    private int blockBytes;
    private long blocks;
    private long memories;

    private TableWriter(OutputStream out) {
        this.out = new CheckedOutputStream(out, new CRC32C());
    }

    static void write(OutputStream out, TableHeader header, Tables tables, KeptOutcomes outcomes) throws IOException {
        TableWriter writer = new TableWriter(out);
        writer.out.write(TableFormat.MAGIC);
        TableFormat.write(writer.out, TableFormat.HEADER, header);
        writer.catalog(tables);
        for (SpaceTable table : tables.spaces().values()) writer.space(table);
        for (SpaceTable table : tables.spaces().values()) writer.contents(table);
        writer.outcomes(outcomes);
        writer.flush();
        TableFormat.write(
                writer.out, TableFormat.TRAILER,
                TableTrailer.newBuilder()
                        .setBlocks(writer.blocks)
                        .setMemories(writer.memories)
                        .setCrc((int) writer.out.getChecksum().getValue())
                        .build());
    }

    private void catalog(Tables tables) throws IOException {
        for (var entry : tables.catalog().values()) {
            CatalogRow row = CatalogRow.newBuilder()
                    .setSpace(WireFormat.of(entry.space()))
                    .setSettled(entry.settled())
                    .setDropping(entry.dropping())
                    .build();
            add(row.getSerializedSize(), to -> to.addCatalog(row));
        }
        for (SpaceId id : tables.dropped()) add(Long.BYTES, to -> to.addDropped(id.value()));
    }

    private void space(SpaceTable table) throws IOException {
        SpaceRow.Builder row = SpaceRow.newBuilder().setSpace(WireFormat.of(table.space()));
        table.closing().forEach((session, incarnation) ->
                row.addClosing(ClosingRow.newBuilder().setSession(session).setIncarnation(incarnation)));
        table.closedThrough().forEach((home, incarnation) ->
                row.addClosed(ClosedRow.newBuilder().setHome(home.value()).setIncarnation(incarnation)));
        SpaceRow built = row.build();
        add(built.getSerializedSize(), to -> to.addSpaces(built));
    }

    private void contents(SpaceTable table) throws IOException {
        long space = table.space().id().value();
        for (var entry : table.keys().rows().entrySet()) {
            MemoryRow row = MemoryRow.newBuilder()
                    .setSpace(space)
                    .setKey(UnsafeByteOperations.unsafeWrap(entry.getKey()))
                    .setVersion(entry.getValue().version())
                    .setChecksum(entry.getValue().checksum())
                    .build();
            add(row.getSerializedSize(), to -> to.addMemories(row));
            memories++;
        }
        sessions(space, true, table.homed());
        sessions(space, false, table.guests());
    }

    private void sessions(long space, boolean homed, TreePMap<String, Session> sessions) throws IOException {
        for (Map.Entry<String, Session> entry : sessions.entrySet()) {
            Session session = entry.getValue();
            SessionRow row = SessionRow.newBuilder()
                    .setSpace(space)
                    .setSession(entry.getKey())
                    .setHomed(homed)
                    .setIncarnation(session.incarnation())
                    .setStream(session.stream())
                    .setSettled(session.settled())
                    .setCovered(session.covered())
                    .setActiveAtMs(session.activeAtMs())
                    .addAllRejections(session.rejections())
                    .build();
            add(row.getSerializedSize(), to -> to.addSessions(row));
        }
    }

    private void outcomes(KeptOutcomes outcomes) throws IOException {
        for (KeptOutcomes.Kept kept : outcomes) {
            ByteString key = kept.scope().key();
            OutcomeRow row = OutcomeRow.newBuilder()
                    .setSpace(kept.scope().space().value())
                    .setAbout(kept.scope().about())
                    .setKey(key)
                    .setFingerprint(kept.fingerprint())
                    .setOutcome(kept.outcome())
                    .setAtMs(kept.atMs())
                    .build();
            add(row.getSerializedSize(), to -> to.addOutcomes(row));
        }
    }

    private void add(int bytes, Consumer<TableBlock.Builder> row) throws IOException {
        row.accept(block);
        blockBytes += bytes;
        if (blockBytes >= TableFormat.BLOCK_BYTES) flush();
    }

    private void flush() throws IOException {
        if (blockBytes == 0) return;
        TableFormat.write(out, TableFormat.BLOCK, block.build());
        blocks++;
        block = TableBlock.newBuilder();
        blockBytes = 0;
    }
}
