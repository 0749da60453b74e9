package io.engram.grid.memory.segment;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Some rows of one space, in memory. 56 bytes a row besides its vector, its key and its attributes.
///
/// The writer fills slots one after another; what a reader finds below [#count] is whole. Only two things change afterwards:
/// the position at which a row died, and the place of its record when files are merged.
///
/// A block keeps its id for life. When most of its rows are dead it is exchanged for a smaller one that holds the others under
/// their old row numbers: a [SegmentStore.RowId] stays true while its row lives. Arrays are on the heap, so that a reader
/// still in an exchanged block needs no protection but the collector's.
final class Block {
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int ROW_BYTES = 3 * Long.BYTES + 2 * Integer.BYTES + 2 * Integer.BYTES;
    /// A string's header, its array's header, and what alignment takes.
    private static final int KEY_BYTES = 48;
    private static final int ATTRIBUTES_BYTES = 20;
    private static final long NEVER = 0;

    private final int id;
    private final SpaceRows space;
    /// Row number of each slot, ascending; null: the slot is the row number.
    private final int @Nullable [] numbers;
    private final int capacity;
    private final long[] created;
    private final long[] died;
    private final long[] places;
    private final int[] lengths;
    private final int[] checksums;
    private final String[] keys;
    private final byte[] @Nullable [] attributes;
    private final RowVectors vectors;
    private volatile int count;
    private int dead;
    private long valueBytes;

    Block(int id, SpaceRows space, int capacity) {
        this(id, space, capacity, null);
    }

    private Block(int id, SpaceRows space, int capacity, int @Nullable [] numbers) {
        this.id = id;
        this.space = space;
        this.capacity = capacity;
        this.numbers = numbers;
        this.created = new long[capacity];
        this.died = new long[capacity];
        this.places = new long[capacity];
        this.lengths = new int[capacity];
        this.checksums = new int[capacity];
        this.keys = new String[capacity];
        this.attributes = new byte[capacity][];
        this.vectors = RowVectors.of(space.dimension(), capacity);
    }

    int id() {
        return id;
    }

    SpaceRows space() {
        return space;
    }

    /// The writer: takes a row in.
    ///
    /// @param created position from which on it is visible
    /// @param vector null: no search finds the row
    /// @return its slot
    int put(
            long created, long place, int length, int checksum, String key, byte @Nullable [] rowAttributes,
            float @Nullable [] vector) {
        int slot = count;
        this.created[slot] = created;
        places[slot] = place;
        lengths[slot] = length;
        checksums[slot] = checksum;
        keys[slot] = key;
        attributes[slot] = rowAttributes;
        if (vector == null) vectors.putNone(slot);
        else vectors.put(slot, vector);
        valueBytes += KEY_BYTES + key.length() + (rowAttributes == null ? 0 : ATTRIBUTES_BYTES + rowAttributes.length);
        count = slot + 1;
        return slot;
    }

    boolean full() {
        return count == capacity;
    }

    int count() {
        return count;
    }

    /// @return -1: no such row (any more)
    int slot(int row) {
        if (numbers == null) return row >= 0 && row < count ? row : -1;
        int slot = Arrays.binarySearch(numbers, row);
        return slot >= 0 ? slot : -1;
    }

    int row(int slot) {
        return numbers == null ? slot : numbers[slot];
    }

    boolean visible(int slot, long position) {
        if (created[slot] > position) return false;
        long at = (long) LONGS.getOpaque(died, slot);
        return at == NEVER || at > position;
    }

    /// The writer: dead or dying with the next publication.
    boolean dead(int slot) {
        return died[slot] != NEVER;
    }

    /// The writer.
    void kill(int slot, long position) {
        LONGS.setOpaque(died, slot, position);
        dead++;
    }

    /// The writer: mostly dead, whether or not a view still shows some of it.
    boolean worthExchanging() {
        return count > 0 && dead * 2 >= count;
    }

    /// The writer: the same block without the rows that no view at `horizon` or later shows. This one, if that would not halve it;
    /// null if nothing would be left.
    @Nullable Block without(long horizon) {
        int n = count;
        int[] kept = new int[n];
        int left = 0;
        for (int slot = 0; slot < n; slot++) if (died[slot] == NEVER || died[slot] > horizon) kept[left++] = slot;
        if (left == 0) return null;
        if (left * 2 > n) return this;
        int[] rows = new int[left];
        for (int i = 0; i < left; i++) rows[i] = row(kept[i]);
        Block block = new Block(id, space, left, rows);
        for (int i = 0; i < left; i++) block.take(this, kept[i]);
        return block;
    }

    private void take(Block other, int from) {
        int slot = count;
        created[slot] = other.created[from];
        died[slot] = other.died[from];
        if (died[slot] != NEVER) dead++;
        places[slot] = other.places[from];
        lengths[slot] = other.lengths[from];
        checksums[slot] = other.checksums[from];
        keys[slot] = other.keys[from];
        byte[] rowAttributes = other.attributes[from];
        attributes[slot] = rowAttributes;
        other.vectors.copy(from, vectors, slot);
        valueBytes += KEY_BYTES + keys[slot].length() + (rowAttributes == null ? 0 : ATTRIBUTES_BYTES + rowAttributes.length);
        count = slot + 1;
    }

    long version(int slot) {
        return created[slot];
    }

    long place(int slot) {
        return (long) LONGS.getAcquire(places, slot);
    }

    /// The writer: the same bytes now stand elsewhere.
    void moved(int slot, long place) {
        LONGS.setRelease(places, slot, place);
    }

    int length(int slot) {
        return lengths[slot];
    }

    int checksum(int slot) {
        return checksums[slot];
    }

    String key(int slot) {
        return keys[slot];
    }

    byte @Nullable [] attributes(int slot) {
        return attributes[slot];
    }

    RowVectors vectors() {
        return vectors;
    }

    /// About what the block takes.
    long bytes() {
        return (long) capacity * ROW_BYTES + vectors.bytes() + valueBytes + (numbers == null ? 0 : 4L * numbers.length);
    }
}
