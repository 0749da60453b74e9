package io.engram.grid.memory;

/// Identity of a space: the index of the catalog command that created it, so never used twice.
public record SpaceId(long value) implements Comparable<SpaceId> {
    @Override
    public int compareTo(SpaceId other) {
        return Long.compareUnsigned(value, other.value);
    }
}
