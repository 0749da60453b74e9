package io.engram.grid.memory;

/// A client's name for one of its ingest streams: 1..128 bytes of printable ASCII.
public record SessionId(String value) {
    public static final int MAX_BYTES = 128;

    public SessionId {
        if (value.isEmpty() || value.length() > MAX_BYTES || !value.chars().allMatch(c -> c > 32 && c < 127))
            throw new IllegalArgumentException("must be 1.." + MAX_BYTES + " printable ASCII characters without spaces");
    }
}
