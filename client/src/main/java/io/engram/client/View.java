package io.engram.client;

/// How much of a memory an answer carries.
public enum View {
    FULL,
    WITHOUT_VECTOR,
    /// Key and version only.
    KEYS
}
