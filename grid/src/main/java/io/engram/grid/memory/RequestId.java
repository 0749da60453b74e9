package io.engram.grid.memory;

/// Makes asking again safe: the same key with the same request has the outcome of the first.
///
/// @param fingerprint hash of the client's request before anything was filled in
public record RequestId(IdempotencyKey key, long fingerprint) {}
