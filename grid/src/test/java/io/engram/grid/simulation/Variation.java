package io.engram.grid.simulation;

/// What is broken on purpose, so that the checkers have something to find.
enum Variation {
    NONE(""),
    /// A leader that is sure of itself: the fence is satisfied without asking anyone.
    FENCE_ASKS_NOBODY("Linearizable"),
    /// A replica that has just started tells term 1, before it has read what it has voted.
    UNLOADED_TERMS_COUNT("stale beyond the proof"),
    /// A view whose commit index was read before its role.
    COMMITTED_BEFORE_ROLE("FENCED"),
    /// Evidence whose age counts from when the answer came.
    PROOF_TIMED_AT_ANSWER("Bounded"),
    /// Writes are applied again when they come again.
    REQUESTS_FORGOTTEN("not linearizable"),
    /// Numbers of a session are recorded again when they come again.
    SESSIONS_FORGOTTEN("twice"),
    /// A replica that was restored from a snapshot in place goes on telling what it had applied before.
    RESTART_UNNOTICED("stale beyond the proof"),
    /// A vote is forgotten in a crash.
    VOTE_NOT_PERSISTED("");

    private final String sign;

    Variation(String sign) {
        this.sign = sign;
    }

    /// What the complaint must speak of, lest something else was found.
    String sign() {
        return sign;
    }
}
