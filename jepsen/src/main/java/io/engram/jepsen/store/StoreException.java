package io.engram.jepsen.store;

/// A call that did not succeed.
public abstract sealed class StoreException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    private StoreException(String reason, Throwable cause) {
        super(reason, cause);
        this.reason = reason;
    }

    /// Stable and short: `NO_LEADER`, `VERSION_CONFLICT`.
    public String reason() {
        return reason;
    }

    /// It is certain that the call changed nothing, and never will.
    public static final class NotDone extends StoreException {
        private static final long serialVersionUID = 1;

        public NotDone(String reason, Throwable cause) {
            super(reason, cause);
        }
    }

    /// It may have been done, or may still be.
    public static final class Unknown extends StoreException {
        private static final long serialVersionUID = 1;

        public Unknown(String reason, Throwable cause) {
            super(reason, cause);
        }
    }
}
