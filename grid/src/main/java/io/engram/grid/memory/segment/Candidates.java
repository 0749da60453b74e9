package io.engram.grid.memory.segment;

import java.util.Arrays;

/// Rows that may be among the best `k`, known by bounds of their scores: a row stays out if `k` others are certain to be better.
final class Candidates {
    private final int k;
    private final double least;
    /// The k highest lower bounds, lowest on top.
    private double[] lower;
    private int lowers;
    private Block[] blocks = new Block[256];
    private int[] slots = new int[256];
    /// Upper bound in the high half, made sortable as a number; index in the low half.
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

    /// Highest upper bound first.
    void sort() {
        Arrays.sort(order, 0, size);
    }

    int size() {
        return size;
    }

    /// Not below the upper bound of the i-th.
    double atMost(int i) {
        return Float.intBitsToFloat(flip((int) (order[size - 1 - i] >> 32)));
    }

    Block block(int i) {
        return blocks[(int) order[size - 1 - i]];
    }

    int slot(int i) {
        return slots[(int) order[size - 1 - i]];
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
