package io.engram.grid.memory;

/// A client's name for one write: asking again under it has the outcome of the first. 1..64 printable ASCII characters.
public record IdempotencyKey(String value) {
    public static final int MAX_BYTES = 64;

    public IdempotencyKey {
        if (value.isEmpty() || value.length() > MAX_BYTES || !value.chars().allMatch(c -> c > 32 && c < 127))
            throw new IllegalArgumentException("must be 1.." + MAX_BYTES + " printable ASCII characters without spaces");
    }
}
