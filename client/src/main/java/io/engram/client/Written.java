package io.engram.client;

/// A write that is durable.
///
/// @param position reads at least at it see the write
/// @param replayed the outcome of an earlier request with the same idempotency key
public record Written(String key, long version, Position position, boolean replayed) {}
