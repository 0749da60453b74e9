package io.engram.grid.memory.segment;

import java.util.Arrays;

/// Rows that may be among the best `k`, known by bounds of their scores: a row stays out if `k` others are certain to be better.
///
/// First all are offered, then [#order] is called once, then they are taken from the highest upper bound down. Where all rows are alike, all
/// stay in, and few of them are taken: a heap puts in order what is taken, and not all there are.
final class Candidates {
    private static final int ORDERED_BETWEEN_LOOKS = 65_536;

    private final int k;
    private final double least;
    /// The k highest lower bounds, lowest on top.
    private double[] lower;
    private int lowers;
    private Block[] blocks = new Block[256];
    private int[] slots = new int[256];
    /// Upper bound in the high half, made sortable as a number; index in the low half. A heap once they are in order, highest on top.
    private long[] order = new long[256];
    private int size;

    /// @param least scores below it do not count
    Candidates(int k, double least) {
        this.k = k;
        this.least = least;
        this.lower = new double[Math.min(k, 64)];
    }

    void offer(double atLeast, double atMost, Block block, int slot) {
        if (atMost < least || (lowers == k && atMost < lower[0])) return;
        if (lowers < k) push(atLeast);
        else if (atLeast > lower[0]) replace(atLeast);
        if (size == order.length) {
            blocks = Arrays.copyOf(blocks, 2 * size);
            slots = Arrays.copyOf(slots, 2 * size);
            order = Arrays.copyOf(order, 2 * size);
        }
        blocks[size] = block;
        slots[size] = slot;
        order[size] = (long) sortable(atMost) << 32 | size;
        size++;
    }

    /// @param look called for each so many; may end it by throwing
    void order(Runnable look) {
        for (int at = size / 2 - 1, ordered = 1; at >= 0; at--, ordered++) {
            sink(order[at], at);
            if (ordered % ORDERED_BETWEEN_LOOKS == 0) look.run();
        }
    }

    int size() {
        return size;
    }

    /// Not below the upper bound of the next one, nor of any after it.
    double atMost() {
        return Float.intBitsToFloat(flip((int) (order[0] >> 32)));
    }

    Block block() {
        return blocks[(int) order[0]];
    }

    int slot() {
        return slots[(int) order[0]];
    }

    /// Goes on to the one after the next.
    void remove() {
        size--;
        if (size > 0) sink(order[size], 0);
    }

    private void sink(long candidate, int from) {
        int at = from;
        for (;;) {
            int child = 2 * at + 1;
            if (child >= size) break;
            if (child + 1 < size && order[child + 1] > order[child]) child++;
            if (candidate >= order[child]) break;
            order[at] = order[child];
            at = child;
        }
        order[at] = candidate;
    }

    /// A float at or above the value, as an integer of the same order.
    private static int sortable(double value) {
        return flip(Float.floatToIntBits(Math.nextUp((float) value)));
    }

    private static int flip(int bits) {
        return bits ^ (bits >> 31 & 0x7fff_ffff);
    }

    private void push(double value) {
        if (lowers == lower.length) lower = Arrays.copyOf(lower, Math.min(k, 2 * lowers));
        int at = lowers++;
        for (int parent = (at - 1) >> 1; at > 0 && value < lower[parent]; parent = (at - 1) >> 1) {
            lower[at] = lower[parent];
            at = parent;
        }
        lower[at] = value;
    }

    private void replace(double value) {
        int at = 0;
        for (;;) {
            int child = 2 * at + 1;
            if (child >= lowers) break;
            if (child + 1 < lowers && lower[child + 1] < lower[child]) child++;
            if (value <= lower[child]) break;
            lower[at] = lower[child];
            at = child;
        }
        lower[at] = value;
    }
}
