package io.engram.jepsen.checker.linear;

import java.util.Arrays;

/// How many crashed operations of each class were used, packed into words: a field for each class, wide enough for all of it,
/// with a guard bit above, so that whole words can be compared field by field.
final class Tally {
    private final int[] word;
    private final int[] shift;
    private final long[] ones;
    private final long[] guards;

    /// @param sizes of the classes
    Tally(int[] sizes) {
        word = new int[sizes.length];
        shift = new int[sizes.length];
        ones = new long[sizes.length];
        int words = 0;
        int used = Long.SIZE;
        long[] found = new long[sizes.length];
        for (int i = 0; i < sizes.length; i++) {
            int width = Integer.SIZE - Integer.numberOfLeadingZeros(sizes[i]);
            if (used + width + 1 > Long.SIZE) {
                words++;
                used = 0;
            }
            word[i] = words - 1;
            shift[i] = used;
            ones[i] = (1L << width) - 1;
            used += width + 1;
            found[words - 1] |= 1L << (used - 1);
        }
        guards = Arrays.copyOf(found, words);
    }

    int words() {
        return guards.length;
    }

    long[] guards() {
        return guards;
    }

    /// @param at where the words begin
    int used(long[] words, int at, int kind) {
        return (int) (words[at + word[kind]] >>> shift[kind] & ones[kind]);
    }

    void use(long[] words, int at, int kind) {
        words[at + word[kind]] += 1L << shift[kind];
    }
}
