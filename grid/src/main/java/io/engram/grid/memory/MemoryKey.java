package io.engram.grid.memory;

import java.nio.charset.StandardCharsets;

/// Name of a memory within its space: 1..512 bytes of UTF-8 without control characters. Ordered by those bytes.
public record MemoryKey(String value) implements Comparable<MemoryKey> {
    public static final int MAX_BYTES = 512;

    public MemoryKey {
        int bytes = value.getBytes(StandardCharsets.UTF_8).length;
        if (bytes < 1 || bytes > MAX_BYTES)
            throw new IllegalArgumentException("must be 1.." + MAX_BYTES + " bytes of UTF-8, was " + bytes);
        if (value.chars().anyMatch(Character::isISOControl))
            throw new IllegalArgumentException("must not contain control characters");
        for (int i = 0; i < value.length(); i++)
            if (Character.isSurrogate(value.charAt(i)) && value.codePointAt(i) == value.charAt(i)
                    && (i == 0 || !Character.isSurrogatePair(value.charAt(i - 1), value.charAt(i))))
                throw new IllegalArgumentException("must be well-formed text");
    }

    /// Code-point order, which is the order of the UTF-8 bytes.
    @Override
    public int compareTo(MemoryKey other) {
        return CodePointOrder.INSTANCE.compare(value, other.value);
    }

    @Override
    public String toString() {
        return value;
    }
}
