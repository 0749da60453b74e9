package io.engram.grid.memory.shard;

import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.segment.SegmentStore.RowId;

/// Is told what an entry changed, once readers can see it. Called on the thread that applies the log, in the order of positions:
/// must not block. What it throws is logged and changes nothing. Not told of what a restore changes.
public interface Applied {
    /// @param version the position of the write
    void recorded(Space space, MemoryKey key, long version, RowId row);

    /// @param version the one that was forgotten
    void forgotten(Space space, MemoryKey key, long version);

    void dropped(SpaceId space);

    /// Lets everything pass.
    Applied NOBODY = new Applied() {
        @Override
        public void recorded(Space space, MemoryKey key, long version, RowId row) {}

        @Override
        public void forgotten(Space space, MemoryKey key, long version) {}

        @Override
        public void dropped(SpaceId space) {}
    };
}
