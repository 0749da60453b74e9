package io.engram.grid;

/// A request that was not carried out, and why. Nothing was changed, unless the reason is `OUTCOME_UNKNOWN`.
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final Reason reason;
    private final long currentVersion;

    public RefusedException(Reason reason, String message) {
        this(reason, message, 0, null);
    }

    public RefusedException(Reason reason, String message, Throwable cause) {
        this(reason, message, 0, cause);
    }

    /// @param currentVersion for `VERSION_CONFLICT` and `REVISION_CONFLICT`: what it is; 0 where there is none
    public RefusedException(Reason reason, String message, long currentVersion, @org.jspecify.annotations.Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
        this.currentVersion = currentVersion;
    }

    public Reason reason() {
        return reason;
    }

    public long currentVersion() {
        return currentVersion;
    }
}
