package io.engram.jepsen.checker;

import java.util.Locale;

/// Three-valued: what could not be decided is never called valid.
public enum Verdict {
    VALID,
    UNKNOWN,
    INVALID;

    /// As it is written in files, on pages and on the screen: valid, unknown, invalid.
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /// The worse of the two: INVALID before UNKNOWN before VALID.
    public Verdict and(Verdict other) {
        return compareTo(other) >= 0 ? this : other;
    }
}
