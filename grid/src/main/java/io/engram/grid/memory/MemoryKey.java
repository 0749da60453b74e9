package io.engram.grid.memory;

import com.google.common.hash.Hashing;
import com.google.common.io.BaseEncoding;
import java.nio.charset.StandardCharsets;

/// Name of a memory within its space: 1..512 bytes of UTF-8 without control characters. Ordered by those bytes.
public record MemoryKey(String value) implements Comparable<MemoryKey> {
    public static final int MAX_BYTES = 512;
    private static final BaseEncoding BASE32 = BaseEncoding.base32Hex().lowerCase().omitPadding();

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

    /// The key of an observation that came without one: the same for the same number of the same session, so that sending it
    /// again makes the same memory.
    public static MemoryKey generated(SpaceId space, SessionId session, long number) {
        return generated("s-", space, session.value(), number);
    }

    /// The key of a write that came without one: the same for the same idempotency key.
    public static MemoryKey generated(SpaceId space, IdempotencyKey key) {
        return generated("i-", space, key.value(), 0);
    }

    /// Hashed so that nobody can aim at another's key; 160 bits, so that two never meet.
    private static MemoryKey generated(String kind, SpaceId space, String name, long number) {
        byte[] hash = Hashing.sha256().newHasher()
                .putString(kind, StandardCharsets.UTF_8)
                .putLong(space.value())
                .putLong(number)
                .putString(name, StandardCharsets.UTF_8)
                .hash()
                .asBytes();
        return new MemoryKey(kind + BASE32.encode(hash, 0, 20));
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
