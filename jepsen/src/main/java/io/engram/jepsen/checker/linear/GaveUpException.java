package io.engram.jepsen.checker.linear;

/// A limit ended the search. Not a failure: the verdict is UNKNOWN, and this says why.
final class GaveUpException extends RuntimeException {
    private static final long serialVersionUID = 1;

    enum Reason {
        TIME,
        MEMORY,
        /// As many steps as this search was allowed.
        STEPS,
        /// Another key's verdict ended the check.
        STOPPED
    }

    private final Reason reason;

    GaveUpException(Reason reason) {
        super(reason.name(), null, false, false);
        this.reason = reason;
    }

    Reason reason() {
        return reason;
    }
}
