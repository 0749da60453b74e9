package io.engram.grid.memory.segment;

import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import java.util.Arrays;

/// One space's rows on this shard. Changed by the writer; readers see whole lists of blocks.
final class SpaceRows {
    private static final int SMALLEST_BLOCK = 16;
    private static final int LARGEST_BLOCK = 4096;
    /// Keeps a block's arrays well below half a heap region, from where on the collector would treat them one by one.
    private static final int BLOCK_BYTES = 384 << 10;
    private static final long NEVER = Long.MAX_VALUE;

    private final SpaceId id;
    private final int dimension;
    private final Similarity similarity;
    private volatile Block[] blocks = {};
    private volatile long droppedAt = NEVER;

    SpaceRows(Space space) {
        this.id = space.id();
        this.dimension = space.dimension();
        this.similarity = space.similarity();
    }

    SpaceId id() {
        return id;
    }

    int dimension() {
        return dimension;
    }

    Similarity similarity() {
        return similarity;
    }

    boolean visible(long position) {
        return droppedAt > position;
    }

    long droppedAt() {
        return droppedAt;
    }

    boolean dropped() {
        return droppedAt != NEVER;
    }

    void drop(long position) {
        droppedAt = position;
    }

    /// Grow with the space, so that a small one stays small.
    int nextCapacity() {
        int most = Math.min(LARGEST_BLOCK, Integer.highestOneBit(Math.max(1, BLOCK_BYTES / RowVectors.rowBytes(dimension))));
        long rows = 0;
        for (Block block : blocks) rows += block.count();
        return Math.min(most, Math.max(SMALLEST_BLOCK, Integer.highestOneBit((int) Math.min(rows, LARGEST_BLOCK))));
    }

    Block[] blocks() {
        return blocks;
    }

    /// The block that takes new rows, if there is one with room: always the last.
    boolean hasRoom() {
        Block[] now = blocks;
        return now.length > 0 && !now[now.length - 1].full();
    }

    Block last() {
        return blocks[blocks.length - 1];
    }

    boolean isLast(Block block) {
        Block[] now = blocks;
        return now.length > 0 && now[now.length - 1].id() == block.id();
    }

    void add(Block block) {
        Block[] more = Arrays.copyOf(blocks, blocks.length + 1);
        more[blocks.length] = block;
        blocks = more;
    }

    void exchange(Block old, Block block) {
        Block[] changed = blocks.clone();
        changed[indexOf(old)] = block;
        blocks = changed;
    }

    void remove(Block old) {
        Block[] now = blocks;
        int at = indexOf(old);
        Block[] fewer = new Block[now.length - 1];
        System.arraycopy(now, 0, fewer, 0, at);
        System.arraycopy(now, at + 1, fewer, at, fewer.length - at);
        blocks = fewer;
    }

    private int indexOf(Block block) {
        Block[] now = blocks;
        for (int i = 0; i < now.length; i++) if (now[i] == block) return i;
        throw new IllegalStateException("block " + block.id() + " is not one of space " + id.value());
    }
}
