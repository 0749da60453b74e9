package io.engram.client;

/// A memory that is gone, durably.
///
/// @param version the one that was forgotten
/// @param replayed the outcome of an earlier request with the same idempotency key
public record Forgotten(String key, long version, Position position, boolean replayed) {}
