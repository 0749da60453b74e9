package io.engram.jepsen.checker;

import io.engram.jepsen.history.History;

/// Judges one property of a history.
public interface Checker {
    String name();

    /// Ends within the limits: what it could not decide by then is UNKNOWN, and says which limit it was.
    Finding check(History history, Limits limits);
}
