package io.engram.grid.memory.segment;

import io.engram.grid.memory.CodePointOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/// The best `k` rows so far, worst on top of a heap: higher scores first, equal ones by key.
final class BestRows {
    private final int k;
    private double[] scores;
    private Block[] blocks;
    private int[] slots;
    private int size;

    BestRows(int k) {
        this.k = k;
        int some = Math.min(k, 64);
        scores = new double[some];
        blocks = new Block[some];
        slots = new int[some];
    }

    /// A row with a lower score will not be taken; one with this score may.
    double threshold() {
        return size < k ? Double.NEGATIVE_INFINITY : scores[0];
    }

    void offer(double score, Block block, int slot) {
        if (size < k) {
            if (size == scores.length) grow();
            int at = size++;
            for (int parent = (at - 1) >> 1; at > 0 && worse(score, block, slot, parent); parent = (at - 1) >> 1) {
                move(parent, at);
                at = parent;
            }
            set(at, score, block, slot);
        } else if (!worse(score, block, slot, 0)) {
            sink(score, block, slot);
        }
    }

    private void sink(double score, Block block, int slot) {
        int at = 0;
        for (;;) {
            int child = 2 * at + 1;
            if (child >= size) break;
            if (child + 1 < size && worse(scores[child + 1], blocks[child + 1], slots[child + 1], child)) child++;
            if (worse(score, block, slot, child)) break;
            move(child, at);
            at = child;
        }
        set(at, score, block, slot);
    }

    private boolean worse(double score, Block block, int slot, int than) {
        if (score != scores[than]) return score < scores[than];
        return CodePointOrder.INSTANCE.compare(block.key(slot), blocks[than].key(slots[than])) > 0;
    }

    private void move(int from, int to) {
        set(to, scores[from], blocks[from], slots[from]);
    }

    private void set(int at, double score, Block block, int slot) {
        scores[at] = score;
        blocks[at] = block;
        slots[at] = slot;
    }

    private void grow() {
        int more = Math.min(k, 2 * size);
        scores = Arrays.copyOf(scores, more);
        blocks = Arrays.copyOf(blocks, more);
        slots = Arrays.copyOf(slots, more);
    }

    /// Best first. Empties the heap.
    List<SegmentStore.Hit> drain() {
        List<SegmentStore.Hit> hits = new ArrayList<>(size);
        while (size > 0) {
            Block block = blocks[0];
            int slot = slots[0];
            hits.add(new SegmentStore.Hit(
                    new SegmentStore.RowId(block.id(), block.row(slot)), block.key(slot), block.version(slot), scores[0]));
            size--;
            if (size > 0) sink(scores[size], blocks[size], slots[size]);
        }
        Collections.reverse(hits);
        return hits;
    }
}
