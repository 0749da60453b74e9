package io.engram.grid.memory;

/// What must hold for a write to be made; checked when it is applied.
public sealed interface WriteCondition {
    record None() implements WriteCondition {}

    record VersionIs(long version) implements WriteCondition {}

    record MustNotExist() implements WriteCondition {}
}
