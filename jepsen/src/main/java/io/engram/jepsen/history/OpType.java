package io.engram.jepsen.history;

/// Jepsen's four kinds of event.
public enum OpType {
    /// An operation begins.
    INVOKE,
    /// It happened.
    OK,
    /// It did not happen, and never will.
    FAIL,
    /// It may or may not have happened, or may still happen: pending for ever.
    INFO
}
