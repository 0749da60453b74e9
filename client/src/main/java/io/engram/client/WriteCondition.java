package io.engram.client;

/// What must hold for a write to be made. It is checked where writes are ordered, so it is a compare-and-set.
public sealed interface WriteCondition {
    record Unconditional() implements WriteCondition {}

    record VersionIs(long version) implements WriteCondition {
        public VersionIs {
            if (version < 1) throw new IllegalArgumentException("version must be >= 1, was " + version);
        }
    }

    record MustNotExist() implements WriteCondition {}

    static WriteCondition none() {
        return new Unconditional();
    }

    /// The memory exists with this version.
    static WriteCondition version(long version) {
        return new VersionIs(version);
    }

    /// No memory has the key.
    static WriteCondition mustNotExist() {
        return new MustNotExist();
    }
}
