package io.engram.grid.memory;

/// How much of a memory an answer carries.
public enum View { FULL, WITHOUT_VECTOR, KEYS }
