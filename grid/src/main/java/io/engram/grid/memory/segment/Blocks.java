package io.engram.grid.memory.segment;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.SequencedSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// Finds blocks by id, and gets rid of dead rows. Ids are never used twice, over restores too: a row id that outlived its row
/// finds nothing rather than another row.
final class Blocks {
    /// Looked at in one publication at least, so that applying an entry never stops for long.
    private static final int LEAST_LOOKS = 4;

    private final Map<Integer, Block> byId = new ConcurrentHashMap<>();
    /// Mostly dead ones; some may still have to wait for a view to be closed.
    private final SequencedSet<Integer> waiting = new LinkedHashSet<>();
    private int nextId;
    private int died;

    @Nullable Block find(int id) {
        return byId.get(id);
    }

    /// Id and row number that the next row of a space will have.
    SegmentStore.RowId next(@Nullable SpaceRows space) {
        return space != null && space.hasRoom()
                ? new SegmentStore.RowId(space.last().id(), space.last().count())
                : new SegmentStore.RowId(nextId, 0);
    }

    /// The block that takes the space's next row.
    Block room(SpaceRows space) {
        if (space.hasRoom()) return space.last();
        if (nextId == Integer.MAX_VALUE) throw new IllegalStateException("block ids are used up; restart the node");
        Block block = new Block(nextId++, space, space.nextCapacity());
        byId.put(block.id(), block);
        space.add(block);
        return block;
    }

    /// A row of the block was killed, or the block has just been filled.
    void changed(Block block) {
        died++;
        if (block.full() && block.worthExchanging()) waiting.add(block.id());
    }

    /// Exchanges or drops mostly dead blocks, a bounded number, as far as no view at `horizon` or later needs them.
    void reclaim(long horizon) {
        // In step with what died: blocks have 16 rows and more, half of them dead.
        int looks = Math.min(waiting.size(), LEAST_LOOKS + died / 4);
        died = 0;
        for (int i = 0; i < looks; i++) {
            int id = waiting.removeFirst();
            Block block = byId.get(id);
            if (block == null) continue;
            Block rest = block.without(horizon);
            if (rest == block) {
                waiting.addLast(id);
            } else if (rest == null) {
                byId.remove(id);
                block.space().remove(block);
            } else {
                byId.put(id, rest);
                block.space().exchange(block, rest);
                if (rest.worthExchanging()) waiting.addLast(id);
            }
        }
    }

    void forget(SpaceRows space) {
        for (Block block : space.blocks()) byId.remove(block.id());
    }

    long bytes() {
        long bytes = 0;
        for (Block block : byId.values()) bytes += block.bytes();
        return bytes;
    }
}
