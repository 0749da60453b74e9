package io.engram.jepsen.checker;

/// Three-valued: what could not be decided is never called valid.
public enum Verdict {
    VALID,
    UNKNOWN,
    INVALID;

    /// The worse of the two: INVALID before UNKNOWN before VALID.
    public Verdict and(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
