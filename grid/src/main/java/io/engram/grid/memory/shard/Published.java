package io.engram.grid.memory.shard;

import io.engram.grid.memory.segment.SegmentStore;
import java.util.concurrent.atomic.AtomicInteger;

/// What readers see: tables and rows of one position, shared by all who read it. The rows' view is closed once the state has
/// moved on and the last reader has closed its reading.
final class Published {
    private final Tables tables;
    private final SegmentStore.View rows;
    /// The state itself is the first holder.
    private final AtomicInteger holders = new AtomicInteger(1);

    Published(Tables tables, SegmentStore.View rows) {
        this.tables = tables;
        this.rows = rows;
    }

    Tables tables() {
        return tables;
    }

    SegmentStore.View rows() {
        return rows;
    }

    /// False: the state has moved on and nobody reads this any more.
    boolean hold() {
        for (int count = holders.get(); count > 0; count = holders.get())
            if (holders.compareAndSet(count, count + 1)) return true;
        return false;
    }

    void release() {
        if (holders.decrementAndGet() == 0) rows.close();
    }
}
