package io.engram.grid.freshness;

/// A value and what is known about its freshness.
public record Answer<T>(T value, Proof proof) {}
