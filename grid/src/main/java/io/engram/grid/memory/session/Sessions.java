package io.engram.grid.memory.session;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.Submission;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.OpenSession;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SessionState;
import io.engram.grid.wire.SettleSession;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// Opens ingest sessions. Safe for use by many threads; never blocks.
///
/// Home first, which gives incarnation and stream; then the other shards, which from then on refuse older streams; then home
/// again, which settles the incarnation. What a shard has covered when it was told of this stream can only be changed by this
/// stream, so the least of it is the durable mark, whatever older streams still have under way.
public final class Sessions {
    private final PatientSubmission submission;
    private final Timers timers;
    private final MonotonicClock clock;

    public Sessions(Submission submission, Timers timers, MonotonicClock clock) {
        this.submission = new PatientSubmission(submission, timers, clock);
        this.timers = timers;
        this.clock = clock;
    }

    /// Opens or resumes a session; the stream that had it before can record nothing from then on.
    ///
    /// Fails with [RefusedException]: `TOO_MANY_SESSIONS`; `SESSION_EXPIRED` when it is not the session in which
    /// `acknowledgedThrough` was acknowledged; `SESSION_BUSY` when another stream opened it meanwhile; `SPACE_NOT_FOUND`;
    /// `OUTCOME_UNKNOWN`, `NO_LEADER` …: open again.
    public CompletableFuture<Ingest> open(Space space, SessionId session, long acknowledgedThrough, Deadline deadline) {
        return new Opening(space, session, acknowledgedThrough, deadline).run();
    }

    private final class Opening {
        private final Space space;
        private final SessionId session;
        private final long acknowledgedThrough;
        private final Deadline deadline;
        private final ShardId home;

        Opening(Space space, SessionId session, long acknowledgedThrough, Deadline deadline) {
            this.space = space;
            this.session = session;
            this.acknowledgedThrough = acknowledgedThrough;
            this.deadline = deadline;
            home = space.homeOf(session);
        }

        CompletableFuture<Ingest> run() {
            return submission.submit(home, open(0, 0, false), deadline)
                    .thenCompose(atHome -> openElsewhere(atHome.getSession())
                            .thenCompose(elsewhere -> settle(atHome.getSession(), elsewhere)))
                    .exceptionallyCompose(failure -> CompletableFuture.failedFuture(PatientSubmission.refusal(failure)));
        }

        private CompletableFuture<Map<ShardId, Outcome>> openElsewhere(SessionState atHome) {
            Command open = open(atHome.getIncarnation(), atHome.getStream(), atHome.getSettled());
            Map<ShardId, CompletableFuture<Outcome>> asked = new TreeMap<>();
            for (ShardId shard : space.shards())
                if (!shard.equals(home)) asked.put(shard, submission.submit(shard, open, deadline));
            return CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new)).thenApply(all -> {
                Map<ShardId, Outcome> opened = new TreeMap<>();
                asked.forEach((shard, outcome) -> opened.put(shard, outcome.join()));
                return opened;
            });
        }

        private CompletableFuture<Ingest> settle(SessionState atHome, Map<ShardId, Outcome> elsewhere) {
            Command settle = Command.newBuilder()
                    .setSettleSession(SettleSession.newBuilder()
                            .setSpace(space.id().value())
                            .setSession(session.value())
                            .setIncarnation(atHome.getIncarnation())
                            .setStream(atHome.getStream()))
                    .build();
            return submission.submit(home, settle, deadline).thenApply(settled -> {
                Map<ShardId, Outcome> opened = new TreeMap<>(elsewhere);
                opened.put(home, settled);
                return stream(atHome, opened);
            });
        }

        private Ingest stream(SessionState atHome, Map<ShardId, Outcome> opened) {
            SessionStream stream = new SessionStream(
                    space, session, atHome.getIncarnation(), atHome.getStream(), atHome.getExisted(), opened, submission, timers,
                    clock);
            if (acknowledgedThrough > stream.durableThrough())
                throw new RefusedException(
                        Reason.SESSION_EXPIRED, "the session has expired: what was acknowledged was not in this session");
            return stream;
        }

        private Command open(long incarnation, long stream, boolean settled) {
            return Command.newBuilder()
                    .setOpenSession(OpenSession.newBuilder()
                            .setSpace(space.id().value())
                            .setSession(session.value())
                            .setIncarnation(incarnation)
                            .setStream(stream)
                            .setSettled(settled)
                            .setAcknowledgedThrough(acknowledgedThrough))
                    .build();
        }
    }
}
