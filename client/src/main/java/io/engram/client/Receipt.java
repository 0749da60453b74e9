package io.engram.client;

/// An observation of a session is durable.
///
/// @param number within the session; the first ever is 1
public record Receipt(long number) {}
