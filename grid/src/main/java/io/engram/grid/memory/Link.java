package io.engram.grid.memory;

/// An association with another memory of the same space, which need not exist.
///
/// @param weight 0 < weight <= 1
public record Link(MemoryKey key, String relation, double weight) {}
