package io.engram.client;

/// A memory that resembles the query.
///
/// @param score by the space's similarity; higher is more similar
public record Match(Memory memory, double score) {}
