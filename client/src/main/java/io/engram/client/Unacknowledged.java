package io.engram.client;

/// An observation that was taken from the caller and is not known to be durable.
///
/// @param sent it may have been recorded; otherwise it was not
public record Unacknowledged(long number, Observation observation, boolean sent) {}
