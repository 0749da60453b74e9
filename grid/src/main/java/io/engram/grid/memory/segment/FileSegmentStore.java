package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rows in memory for search, their records in append-only files of one folder.
///
/// In memory a row takes its codes (one byte a dimension; float32 below 32 dimensions), 56 bytes, its key and its attributes;
/// text, links and the float32 vector stand in the files alone, which are mapped.
///
/// After an [IOException] from a writing call the store takes no more writes until [#restore]; open views go on.
public final class FileSegmentStore implements SegmentStore {
    /// Of live records, copied in one `seal` at most, unless more was appended since the one before: sealing stops the shard.
    private static final long LEAST_MERGE_BYTES = 64 << 20;

    /// What waits until no view from before `sequence` is open.
    private record Retired(long sequence, Runnable release) {}

    private record Counts(long diskBytes, long liveRows, long deadRows, int files) {}

    private final RecordFolder records;
    private final Blocks blocks = new Blocks();
    private final Pins pins;
    private final ArrayDeque<Retired> retired = new ArrayDeque<>();
    private final List<SpaceRows> dropping = new ArrayList<>();
    private final List<SpaceRows> dropped = new ArrayList<>();
    private ShardRows rows = new ShardRows();
    private @Nullable IOException failure;
    private boolean closed;
    private volatile Counts counts = new Counts(0, 0, 0, 0);

    private FileSegmentStore(RecordFolder records) {
        this.records = records;
        this.pins = new Pins(rows);
    }

    /// An empty store. Files of sealed records that stand in the folder are left for [#restore], others deleted: the log has them.
    ///
    /// @param folder the store's own, created if missing; on the file system of the snapshots, so that they can share files
    public static FileSegmentStore open(Path folder, ShardId shard) throws IOException {
        return new FileSegmentStore(RecordFolder.open(folder, shard));
    }

    @Override
    public RowId append(Space space, Observation observation, long version) throws IOException {
        checkWritable();
        if (version <= pins.current().position())
            throw new IllegalArgumentException("version must be above position " + pins.current().position() + ", was " + version);
        SpaceRows in = rows.of(space);
        if (in.dropped() || dropping.contains(in))
            throw new IllegalStateException("space " + space.id().value() + " has been dropped");
        if (observation.vector().isPresent() && observation.vector().get().dimension() != space.dimension())
            throw new IllegalArgumentException("vector must have " + space.dimension() + " dimensions, has "
                    + observation.vector().get().dimension());
        byte[] record = Records.write(space.id(), observation, version);
        int checksum = RecordFormat.crc(record);
        long place;
        try {
            place = records.append(record, checksum);
        } catch (IOException e) {
            throw failed(e);
        }
        return put(in, observation, version, place, record.length, checksum);
    }

    private RowId put(SpaceRows in, Observation observation, long version, long place, int length, int checksum) {
        Block block = blocks.room(in);
        int slot = block.put(version, place, length, checksum, observation.key().value(),
                RowAttributes.encode(observation.attributes()), observation.vector().map(Embedding::toArray).orElse(null));
        if (block.full()) blocks.changed(block);
        return new RowId(block.id(), block.row(slot));
    }

    @Override
    public void kill(Space space, RowId row, long index) {
        checkOpen();
        Block block = blocks.find(row.segment());
        int slot = block == null ? -1 : block.slot(row.row());
        if (block == null || slot < 0 || !block.space().id().equals(space.id()))
            throw new IllegalStateException("space " + space.id().value() + " has no row " + row);
        if (block.dead(slot)) throw new IllegalStateException(row + " is dead already");
        if (index <= pins.current().position())
            throw new IllegalArgumentException("index must be above position " + pins.current().position() + ", was " + index);
        kill(block, slot, index);
        blocks.changed(block);
    }

    private void kill(Block block, int slot, long index) {
        block.kill(slot, index);
        records.died(block.place(slot), block.length(slot));
    }

    @Override
    public void drop(SpaceId space) {
        checkOpen();
        SpaceRows gone = rows.find(space);
        if (gone != null && !gone.dropped() && !dropping.contains(gone)) dropping.add(gone);
    }

    @Override
    public void publish(long index) throws IOException {
        checkWritable();
        long before = pins.current().position();
        if (index < before) throw new IllegalArgumentException("index must be at least " + before + ", was " + index);
        try {
            records.flush();
        } catch (IOException e) {
            throw failed(e);
        }
        for (SpaceRows space : dropping) {
            space.drop(index);
            for (Block block : space.blocks())
                for (int slot = 0; slot < block.count(); slot++) if (!block.dead(slot)) kill(block, slot, index);
            dropped.add(space);
        }
        dropping.clear();
        pins.advance(index, rows);
        reclaim();
        count();
    }

    private void reclaim() {
        Pins.Pin oldest = pins.oldest();
        while (!retired.isEmpty() && retired.getFirst().sequence() <= oldest.sequence()) retired.removeFirst().release().run();
        // Views from before a restore say nothing about the positions of these rows: wait until they are closed.
        if (oldest.rows() != rows) return;
        dropped.removeIf(space -> {
            if (space.visible(oldest.position())) return false;
            blocks.forget(space);
            rows.remove(space);
            return true;
        });
        blocks.reclaim(oldest.position());
    }

    /// Releases something once every view that could have seen it is closed: views of the current position may have.
    private void retire(Runnable release) {
        retired.add(new Retired(pins.current().sequence() + 1, release));
    }

    private void count() {
        long live = 0;
        long all = 0;
        List<RecordFile> files = records.files();
        for (RecordFile file : files) {
            live += file.liveRows();
            all += file.rows();
        }
        counts = new Counts(records.diskBytes(), live, all - live, files.size());
    }

    @Override
    public View view() {
        return new StoreView(pins.acquire(), blocks, records);
    }

    @Override
    public Recorded read(RowId row) throws DamagedFileException {
        Block block = block(row);
        int slot = block.slot(row.row());
        return Records.parse(records.read(block.place(slot), block.length(slot), block.checksum(slot)));
    }

    @Override
    public int checksum(RowId row) {
        Block block = block(row);
        return block.checksum(block.slot(row.row()));
    }

    private Block block(RowId row) {
        Block block = blocks.find(row.segment());
        if (block == null || block.slot(row.row()) < 0)
            throw new IllegalStateException("there is no " + row + ": no view shows it");
        return block;
    }

    @Override
    public Recorded parse(byte[] bytes) {
        return Records.parse(bytes);
    }

    @Override
    public List<Path> seal(Path folder) throws IOException {
        checkWritable();
        try {
            records.roll();
            merge();
            List<Path> links = records.link(folder);
            count();
            return links;
        } catch (IOException e) {
            throw failed(e);
        }
    }

    private void merge() throws IOException {
        long budget = Math.max(LEAST_MERGE_BYTES, records.appendedSinceSeal());
        Set<RecordFile> chosen = MergeChoice.choose(records.sealed(), budget);
        if (chosen.isEmpty()) return;
        Set<Integer> ids = new HashSet<>();
        for (RecordFile file : chosen) ids.add(file.id());
        try (Merge merge = new Merge(records)) {
            for (SpaceRows space : rows.all())
                for (Block block : space.blocks())
                    for (int slot = 0; slot < block.count(); slot++)
                        if (!block.dead(slot) && ids.contains(RecordFile.fileOf(block.place(slot)))) merge.copy(block, slot);
            records.replace(chosen, merge.finish());
        }
        retire(() -> records.release(chosen));
    }

    @Override
    public void restore(List<Path> files, long index, LiveRows live) throws IOException {
        checkOpen();
        ShardRows fresh = new ShardRows();
        List<RecordFile> taken = new ArrayList<>();
        try {
            for (Path file : files)
                taken.add(SealedFiles.open(file, records.newId(), records.shard(),
                        (from, place, record, checksum) -> restore(fresh, from, place, record, checksum, index, live)));
        } catch (IOException | RuntimeException e) {
            forget(fresh, taken);
            throw e;
        }
        List<RecordFile> former;
        try {
            former = records.adopt(taken);
        } catch (IOException e) {
            forget(fresh, taken);
            throw failed(e);
        }
        ShardRows old = rows;
        retire(() -> {
            records.release(former);
            for (SpaceRows space : old.all()) blocks.forget(space);
        });
        rows = fresh;
        dropping.clear();
        dropped.clear();
        failure = null;
        pins.advance(index, fresh);
        reclaim();
        count();
    }

    private void forget(ShardRows fresh, List<RecordFile> taken) {
        for (SpaceRows space : fresh.all()) blocks.forget(space);
        records.discard(taken);
    }

    private void restore(
            ShardRows fresh, RecordFile file, long place, byte[] bytes, int checksum, long index, LiveRows live)
            throws DamagedFileException {
        Recorded record;
        try {
            record = Records.parse(bytes);
        } catch (IllegalArgumentException e) {
            throw new DamagedFileException(file.path(), e.getMessage() + ", at offset " + (int) place);
        }
        String key = record.observation().key().value();
        RowId next = blocks.next(fresh.find(record.space()));
        Space space = live.accept(next, record.space(), key, record.version());
        if (space == null) return;
        if (!space.id().equals(record.space()))
            throw new IllegalArgumentException("row is of space " + record.space().value() + ", not of " + space.id().value());
        if (record.version() > index)
            throw new IllegalArgumentException("row of version " + record.version() + " is live at position " + index);
        RowId row = put(fresh.of(space), record.observation(), record.version(), place, bytes.length, checksum);
        if (!row.equals(next)) throw new IllegalStateException("row became " + row + ", not " + next);
        file.born(bytes.length);
    }

    @Override
    public Figures figures() {
        Counts now = counts;
        return new Figures(now.diskBytes(), blocks.bytes(), now.liveRows(), now.deadRows(), now.files());
    }

    private IOException failed(IOException e) {
        failure = e;
        return e;
    }

    private void checkOpen() {
        if (closed) throw new IllegalStateException("store is closed");
    }

    private void checkWritable() throws IOException {
        checkOpen();
        if (failure != null) throw new IOException("no writes before a restore, after: " + failure.getMessage(), failure);
    }

    @Override
    public void close() {
        if (closed) return;
        closed = true;
        try {
            records.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the record files", e);
        }
    }
}
