package io.engram.grid.memory.segment;

import java.nio.file.Path;

/// The store that tests put in the place of files keeps the same promises.
class MemorySegmentStoreTest extends SegmentStoreContract {
    @Override
    SegmentStore open(Path folder) {
        return new MemorySegmentStore();
    }
}
