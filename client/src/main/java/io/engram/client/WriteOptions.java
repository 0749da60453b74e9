package io.engram.client;

import java.time.Duration;
import java.util.Optional;

/// How to write.
///
/// @param idempotencyKey 1..64 bytes of printable ASCII. Asking again under it, with the same request, has the outcome of
///     the first. Empty: the client makes one for each call
/// @param deadline for the whole call, retries included; empty: the client's default
public record WriteOptions(WriteCondition condition, Optional<String> idempotencyKey, Optional<Duration> deadline) {
    public WriteOptions {
        idempotencyKey.ifPresent(WriteOptions::checkKey);
        deadline.ifPresent(EngramBuilder::checkDeadline);
    }

    public static WriteOptions defaults() {
        return new WriteOptions(WriteCondition.none(), Optional.empty(), Optional.empty());
    }

    public WriteOptions when(WriteCondition condition) {
        return new WriteOptions(condition, idempotencyKey, deadline);
    }

    public WriteOptions idempotencyKey(String idempotencyKey) {
        return new WriteOptions(condition, Optional.of(idempotencyKey), deadline);
    }

    public WriteOptions deadline(Duration deadline) {
        return new WriteOptions(condition, idempotencyKey, Optional.of(deadline));
    }

    private static void checkKey(String key) {
        if (key.isEmpty() || key.length() > 64 || !key.chars().allMatch(c -> c > 32 && c < 127))
            throw new IllegalArgumentException("idempotency key must be 1..64 printable ASCII characters without spaces, was '" + key + "'");
    }
}
