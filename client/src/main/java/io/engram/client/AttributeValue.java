package io.engram.client;

/// What an attribute holds.
public sealed interface AttributeValue {
    /// @param value at most 1,024 bytes of UTF-8
    record Text(String value) implements AttributeValue {}

    record Whole(long value) implements AttributeValue {}

    /// @param value finite
    record Real(double value) implements AttributeValue {
        public Real {
            if (!Double.isFinite(value)) throw new IllegalArgumentException("must be finite, was " + value);
        }
    }

    record Truth(boolean value) implements AttributeValue {}

    static AttributeValue of(String value) {
        return new Text(value);
    }

    static AttributeValue of(long value) {
        return new Whole(value);
    }

    static AttributeValue of(double value) {
        return new Real(value);
    }

    static AttributeValue of(boolean value) {
        return new Truth(value);
    }
}
