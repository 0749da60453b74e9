package io.engram.grid.memory.segment;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Space;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// A pinned position. May be used by many threads until closed.
final class StoreView implements SegmentStore.View {
    private record Compiled(Filter filter, RowFilter ready) {}

    private final Pins.Pin pin;
    private final Blocks blocks;
    private final RecordFolder records;
    private final AtomicBoolean closed = new AtomicBoolean();
    /// A list asks for the same filter row after row.
    private volatile @Nullable Compiled last;

    StoreView(Pins.Pin pin, Blocks blocks, RecordFolder records) {
        this.pin = pin;
        this.blocks = blocks;
        this.records = records;
    }

    @Override
    public long position() {
        return pin.position();
    }

    @Override
    public boolean shows(SegmentStore.RowId row) {
        check();
        Block block = find(row);
        return block != null && shows(block, block.slot(row.row()));
    }

    @Override
    public boolean matches(SegmentStore.RowId row, Filter filter) {
        check();
        Block block = find(row);
        int slot = block == null ? -1 : block.slot(row.row());
        if (block == null || !shows(block, slot)) return false;
        Compiled compiled = last;
        if (compiled == null || !compiled.filter().equals(filter)) last = compiled = new Compiled(filter, RowFilter.compile(filter));
        return compiled.ready().matches(block.attributes(slot));
    }

    private @Nullable Block find(SegmentStore.RowId row) {
        Block block = blocks.find(row.segment());
        // Another restore's rows are none of ours.
        return block != null && pin.rows().find(block.space().id()) == block.space() ? block : null;
    }

    private boolean shows(Block block, int slot) {
        return slot >= 0 && block.space().visible(pin.position()) && block.visible(slot, pin.position());
    }

    @Override
    public SegmentStore.Found search(
            Space space, Embedding query, int k, Optional<Filter> filter, OptionalDouble minScore, Runnable look)
            throws DamagedFileException {
        check();
        if (k < 1) throw new IllegalArgumentException("k must be at least 1, was " + k);
        if (query.dimension() != space.dimension())
            throw new IllegalArgumentException("query must have " + space.dimension() + " dimensions, has " + query.dimension());
        SpaceRows rows = pin.rows().find(space.id());
        if (rows == null || !rows.visible(pin.position())) return new SegmentStore.Found(List.of(), 0);
        return new Search(rows, pin.position(), query.toArray(), k, filter.map(RowFilter::compile).orElse(null),
                minScore.orElse(Double.NEGATIVE_INFINITY), look).run(records);
    }

    private void check() {
        if (closed.get()) throw new IllegalStateException("view is closed");
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) pin.release();
    }
}
