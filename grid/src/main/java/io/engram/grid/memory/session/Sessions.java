package io.engram.grid.memory.session;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.Submission;
import java.util.concurrent.CompletableFuture;

/// Opens ingest sessions. Safe for use by many threads; never blocks.
public final class Sessions {
    @SuppressWarnings("UnusedVariable")
    public Sessions(Submission submission, Timers timers, MonotonicClock clock) {}

    /// Opens or resumes a session; the stream that had it before can record nothing from then on.
    ///
    /// Fails with [io.engram.grid.RefusedException]: `TOO_MANY_SESSIONS`; `SESSION_EXPIRED` when it is not the session in which
    /// `acknowledgedThrough` was acknowledged; `SESSION_BUSY` when another stream opened it meanwhile; `SPACE_NOT_FOUND`;
    /// `OUTCOME_UNKNOWN`, `NO_LEADER` …: open again.
    public CompletableFuture<Ingest> open(Space space, SessionId session, long acknowledgedThrough, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("signature only"));
    }
}
