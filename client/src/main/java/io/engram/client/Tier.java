package io.engram.client;

/// Where the bytes of an answer came from.
public enum Tier {
    /// The grid in RAM.
    HOT,
    /// A segment on the node's SSD.
    WARM,
    /// The compressed grid on disk.
    COLD,
    /// Not told: a newer node, or an answer of keys alone.
    UNKNOWN
}
