package io.engram.grid;

/// Why a request was refused. Stable names: clients and runbooks refer to them; the wire carries them as they stand.
public enum Reason {
    SPACE_NOT_FOUND,
    SPACE_EXISTS,
    REVISION_CONFLICT,
    TOO_MANY_SPACES,
    MEMORY_NOT_FOUND,
    VERSION_CONFLICT,
    SPACE_FULL,
    SESSION_EXPIRED,
    SESSION_GAP,
    SESSION_BUSY,
    TOO_MANY_SESSIONS,
    IDEMPOTENCY_KEY_REUSED,
    IDEMPOTENCY_TABLE_FULL,
    DIMENSION_MISMATCH,
    SPACE_DOES_NOT_EMBED,
    INVALID_ARGUMENT,
    /// The call did not show the token that this node wants.
    UNAUTHENTICATED,
    /// The request, or the answer it would have, is larger than this node sends or takes.
    MESSAGE_TOO_LARGE,
    /// The bound asked for cannot be proven now.
    STALE,
    /// No leader can be reached.
    NO_LEADER,
    /// Too much in flight; retry later.
    OVERLOADED,
    DISK_FULL,
    REPLICA_NOT_HERE,
    DEADLINE_EXCEEDED,
    OUTCOME_UNKNOWN,
    NOT_READY,
    INTERNAL;

    /// The reason of this name; `INTERNAL` for one that only a newer node knows, whose message still says what it was.
    public static Reason named(String name) {
        try {
            return valueOf(name);
        } catch (IllegalArgumentException e) {
            return INTERNAL;
        }
    }
}
