package io.engram.jepsen.checker.linear;

/// The configurations that need not be looked at again: open addressing in one array of longs.
///
/// An entry is a head (first not placed, state), the mask of what is placed beyond it, and how many crashed operations of
/// each class were used. A configuration that used no fewer of any class than one with the same head and mask can do
/// nothing that the other cannot: it is covered. For one thread.
final class Visited {
    private final int maskWords;
    private final int countWords;
    private final int stride;
    private final long[] guards;
    private final Budget budget;
    private long[] table;
    /// A power of two.
    private int capacity = 256;
    private int size;
    private long probes;

    /// @param guards for each word of counts, the bit above each field
    Visited(int maskWords, long[] guards, Budget budget) {
        this.maskWords = maskWords;
        this.countWords = guards.length;
        this.stride = 1 + maskWords + countWords;
        this.guards = guards;
        this.budget = budget;
        take(8L * capacity * stride);
        table = new long[capacity * stride];
    }

    int size() {
        return size;
    }

    /// Entries looked at so far: the measure of work.
    long probes() {
        return probes;
    }

    /// @param configuration holds head, mask and counts one after the other from `at` on
    /// @return false if it was covered
    boolean add(long[] configuration, int at) {
        int place = find(configuration, at);
        int covered = -1;
        for (; table[place * stride] != 0; place = place + 1 & capacity - 1) {
            probes++;
            int entry = place * stride;
            if (!same(entry, configuration, at)) continue;
            if (covers(table, entry + 1 + maskWords, configuration, at + 1 + maskWords)) return false;
            if (covered < 0 && covers(configuration, at + 1 + maskWords, table, entry + 1 + maskWords)) covered = entry;
        }
        if (covered >= 0) {
            System.arraycopy(configuration, at + 1 + maskWords, table, covered + 1 + maskWords, countWords);
            return true;
        }
        put(table, place, configuration, at);
        if (++size * 5L > capacity * 3L) grow();
        return true;
    }

    private boolean same(int entry, long[] configuration, int at) {
        if (table[entry] != configuration[at] + 1) return false;
        for (int i = 1; i <= maskWords; i++) if (table[entry + i] != configuration[at + i]) return false;
        return true;
    }

    /// Whether no field of `few` is above that of `many`: with the guard bits set, subtracting borrows from none of them.
    private boolean covers(long[] few, int fewAt, long[] many, int manyAt) {
        for (int i = 0; i < countWords; i++) {
            if (((many[manyAt + i] | guards[i]) - few[fewAt + i] & guards[i]) != guards[i]) return false;
        }
        return true;
    }

    /// Entries are found by head and mask alone, so that those which may cover one another stand in one run.
    private int find(long[] configuration, int at) {
        long hash = configuration[at] + 1;
        for (int i = 1; i <= maskWords; i++) hash = Transitions.mix(hash * 31 + configuration[at + i]);
        return (int) Transitions.mix(hash) & capacity - 1;
    }

    /// A head of zero marks a free place, so heads are kept with one added.
    private void put(long[] into, int place, long[] configuration, int at) {
        System.arraycopy(configuration, at, into, place * stride, stride);
        into[place * stride] = configuration[at] + 1;
    }

    private void grow() {
        long larger = capacity * 2L;
        if (larger * stride > Integer.MAX_VALUE - 8) throw new GaveUpException(GaveUpException.Reason.MEMORY);
        take(8L * larger * stride);
        long[] old = table;
        int oldCapacity = capacity;
        capacity = (int) larger;
        table = new long[capacity * stride];
        long[] entry = new long[stride];
        for (int i = 0; i < oldCapacity; i++) {
            if (old[i * stride] == 0) continue;
            System.arraycopy(old, i * stride, entry, 0, stride);
            entry[0]--;
            int place = find(entry, 0);
            while (table[place * stride] != 0) place = place + 1 & capacity - 1;
            put(table, place, entry, 0);
        }
        budget.give(8L * oldCapacity * stride);
    }

    private void take(long bytes) {
        if (!budget.take(bytes)) throw new GaveUpException(GaveUpException.Reason.MEMORY);
    }

    void release() {
        budget.give(8L * capacity * stride);
        table = new long[0];
    }
}
