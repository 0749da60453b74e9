package io.engram.grid.memory;

/// Value of an attribute. Numbers compare with numbers, strings by the bytes of their UTF-8.
public sealed interface AttributeValue {
    record Text(String value) implements AttributeValue {}

    record Whole(long value) implements AttributeValue {}

    /// Finite.
    record Real(double value) implements AttributeValue {}

    record Flag(boolean value) implements AttributeValue {}
}
