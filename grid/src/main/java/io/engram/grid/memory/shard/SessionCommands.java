package io.engram.grid.memory.shard;

import io.engram.grid.Reason;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.CloseSession;
import io.engram.grid.wire.NumberedObservation;
import io.engram.grid.wire.NumberedRejection;
import io.engram.grid.wire.OpenSession;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SessionBatch;
import io.engram.grid.wire.SettleSession;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/// Ingest sessions; see `docs/architecture.md`, "Sessions, exactly once".
final class SessionCommands {
    private static final int MAX_MESSAGE = 512;

    private SessionCommands() {}

    static Outcome open(Draft draft, OpenSession open) {
        Optional<SpaceTable> table = draft.space(open.getSpace());
        if (table.isEmpty()) return Answers.noSpace(new SpaceId(open.getSpace()));
        try {
            SessionId checked = new SessionId(open.getSession());
            boolean home = table.get().space().homeOf(checked).equals(draft.shard());
            if (home != (open.getIncarnation() == 0))
                return Answers.refused(Reason.INVALID_ARGUMENT, "incarnation must be 0 for home, and only there");
        } catch (IllegalArgumentException e) {
            return Answers.refused(Reason.INVALID_ARGUMENT, "session " + e.getMessage());
        }
        return open.getIncarnation() == 0 ? openAtHome(draft, table.get(), open) : openElsewhere(draft, table.get(), open);
    }

    private static Outcome openAtHome(Draft draft, SpaceTable table, OpenSession open) {
        String id = open.getSession();
        Session known = table.homed().get(id);
        if (known != null && known.settled()) {
            if (open.getAcknowledgedThrough() > known.covered()) return expired("what was acknowledged was not in this session");
            Session opened = known.opened(draft.position(), open.getAcknowledgedThrough(), draft.nowMs());
            storeHomed(draft, table, id, opened);
            return state(opened, true);
        }
        if (open.getAcknowledgedThrough() > 0) return expired("the session is not known any more");
        int max = table.space().limits().maxSessions();
        if (known == null && table.homed().size() >= max)
            return Answers.refused(Reason.TOO_MANY_SESSIONS, "the session's shard has " + max + " open sessions of the space");
        if (known == null && table.closing().size() >= max)
            return Answers.refused(Reason.TOO_MANY_SESSIONS, max + " expired sessions are still being closed");
        // Not settled means that no batch was ever sent: a new incarnation, so that whatever the earlier opening still has
        // under way falls on deaf ears, and that no shard can have closed it already.
        Session created = Session.created(draft.position(), draft.position(), draft.nowMs());
        storeHomed(draft, table, id, created);
        return state(created, false);
    }

    private static Outcome openElsewhere(Draft draft, SpaceTable table, OpenSession open) {
        String id = open.getSession();
        Session known = table.guests().get(id);
        if (known != null && known.incarnation() == open.getIncarnation()) {
            if (open.getStream() < known.stream()) return busy();
            Session opened = known.opened(open.getStream(), open.getAcknowledgedThrough(), 0);
            draft.put(table.withGuest(id, opened));
            return state(opened, true);
        }
        if (known != null && known.incarnation() > open.getIncarnation()) return busy();
        if (open.getSettled()) return expired("shard " + draft.shard() + " does not know this incarnation any more");
        // Too old to be told from one that was closed here; nothing was sent in it, so opening again makes a newer one.
        if (open.getIncarnation() <= table.closedThrough().getOrDefault(table.space().homeOf(new SessionId(id)), 0L)) return busy();
        Session created = Session.created(open.getIncarnation(), open.getStream(), 0);
        draft.put(table.withGuest(id, created));
        return state(created, false);
    }

    static Outcome settle(Draft draft, SettleSession settle) {
        Optional<SpaceTable> table = draft.space(settle.getSpace());
        if (table.isEmpty()) return Answers.noSpace(new SpaceId(settle.getSpace()));
        Session known = table.get().homed().get(settle.getSession());
        if (known == null || known.incarnation() < settle.getIncarnation()) return expired("home does not know this incarnation");
        if (known.incarnation() > settle.getIncarnation() || known.stream() > settle.getStream()) return busy();
        Session settled = known.settled(draft.nowMs());
        storeHomed(draft, table.get(), settle.getSession(), settled);
        return state(settled, true);
    }

    static Outcome close(Draft draft, CloseSession close) {
        Optional<SpaceTable> table = draft.space(close.getSpace());
        if (table.isEmpty()) return Answers.noSpace(new SpaceId(close.getSpace()));
        SessionId session;
        try {
            session = new SessionId(close.getSession());
        } catch (IllegalArgumentException e) {
            return Answers.refused(Reason.INVALID_ARGUMENT, "session " + e.getMessage());
        }
        var home = table.get().space().homeOf(session);
        draft.put(
                home.equals(draft.shard())
                        ? table.get().closedElsewhere(session.value(), close.getIncarnation())
                        : table.get().closed(session.value(), close.getIncarnation(), home));
        return Answers.done();
    }

    static Outcome batch(Draft draft, SessionBatch batch) throws IOException {
        Optional<SpaceTable> space = draft.space(batch.getSpace());
        if (space.isEmpty()) return Answers.noSpace(new SpaceId(batch.getSpace()));
        SpaceTable table = space.get();
        Session homed = table.homed().get(batch.getSession());
        boolean home = homed != null;
        Session known = home ? homed : table.guests().get(batch.getSession());
        if (known == null || known.incarnation() != batch.getIncarnation())
            return expired("shard " + draft.shard() + " does not know this incarnation");
        if (batch.getStream() < known.stream()) return busy();
        if (batch.getStream() > known.stream() || (home && !known.settled()))
            return Answers.refused(Reason.INVALID_ARGUMENT, "stream must be opened on all shards before it sends");
        Optional<String> malformed = malformed(batch, home);
        if (malformed.isPresent()) return Answers.refused(Reason.INVALID_ARGUMENT, malformed.get());
        if (batch.getFrom() > known.covered())
            return Answers.refused(
                    Reason.SESSION_GAP, "numbers from " + (known.covered() + 1) + " are missing, the batch starts after "
                            + batch.getFrom(), known.covered());
        if (batch.getThrough() > known.covered()
                && known.opened(known.stream(), batch.getAcknowledgedThrough(), 0).rejections().size() >= Session.MAX_REJECTIONS)
            return Answers.refused(
                    Reason.OVERLOADED, "the client has not acknowledged " + Session.MAX_REJECTIONS + " rejections; acknowledge first");
        List<NumberedRejection> rejections = new ArrayList<>();
        for (NumberedRejection rejection : batch.getRejectionsList())
            if (rejection.getNumber() > known.covered()) rejections.add(shortened(rejection));
        record(draft, batch, known.covered(), rejections);
        rejections.sort(Comparator.comparingLong(NumberedRejection::getNumber));
        Session covering = known.covering(
                batch.getThrough(), batch.getAcknowledgedThrough(), rejections, home ? draft.nowMs() : 0);
        SpaceTable recorded = draft.space(batch.getSpace()).orElseThrow();
        if (home) storeHomed(draft, recorded, batch.getSession(), covering);
        else draft.put(recorded.withGuest(batch.getSession(), covering));
        return Outcome.newBuilder()
                .setSession(covering.state(true, batch.getFrom(), batch.getThrough()))
                .build();
    }

    /// Records the items above `covered`; the command's own position is the first one's, the others take further ones.
    private static void record(Draft draft, SessionBatch batch, long covered, List<NumberedRejection> rejections)
            throws IOException {
        boolean first = true;
        for (NumberedObservation item : batch.getItemsList()) {
            if (item.getNumber() <= covered) continue;
            SpaceTable table = draft.space(batch.getSpace()).orElseThrow();
            Observation observation;
            try {
                observation = WireFormat.from(item.getObservation());
            } catch (IllegalArgumentException e) {
                rejections.add(rejection(item, Reason.INVALID_ARGUMENT, "observation", String.valueOf(e.getMessage())));
                continue;
            }
            Optional<String> misfit = MemoryCommands.misfit(table.space(), observation);
            if (!table.space().shardOf(observation.key()).equals(draft.shard())) {
                rejections.add(rejection(item, Reason.INVALID_ARGUMENT, "key", "key does not belong to this shard"));
            } else if (misfit.isPresent()) {
                rejections.add(rejection(item, Reason.DIMENSION_MISMATCH, "vector", misfit.get()));
            } else if (table.keys().find(observation.key()) == null && MemoryCommands.isFull(table)) {
                rejections.add(rejection(item, Reason.SPACE_FULL, "", MemoryCommands.full(table)));
            } else {
                if (!first) draft.takePosition();
                first = false;
                draft.record(table, observation);
            }
        }
    }

    private static Optional<String> malformed(SessionBatch batch, boolean home) {
        if (batch.getFrom() < 0 || batch.getThrough() < batch.getFrom())
            return Optional.of("range must not end before it begins, was (" + batch.getFrom() + ", " + batch.getThrough() + "]");
        if (!home && batch.getRejectionsCount() > 0) return Optional.of("rejections belong to the session's home");
        if (!ascend(batch.getItemsList().stream().mapToLong(NumberedObservation::getNumber).toArray(), batch)
                || !ascend(batch.getRejectionsList().stream().mapToLong(NumberedRejection::getNumber).toArray(), batch))
            return Optional.of("numbers must ascend within (" + batch.getFrom() + ", " + batch.getThrough() + "]");
        return Optional.empty();
    }

    private static boolean ascend(long[] numbers, SessionBatch batch) {
        long last = batch.getFrom();
        for (long number : numbers) {
            if (number <= last || number > batch.getThrough()) return false;
            last = number;
        }
        return true;
    }

    private static void storeHomed(Draft draft, SpaceTable table, String id, Session session) {
        draft.put(table.withHomed(id, session));
        draft.sessionDue(session.activeAtMs() + table.space().limits().sessionIdle().toMillis());
    }

    private static NumberedRejection rejection(NumberedObservation item, Reason reason, String field, String message) {
        return shortened(NumberedRejection.newBuilder()
                .setNumber(item.getNumber())
                .setReason(reason.name())
                .setField(field)
                .setMessage(message)
                .build());
    }

    /// What is kept for every rejected item must not be long.
    private static NumberedRejection shortened(NumberedRejection rejection) {
        return rejection.getMessage().length() <= MAX_MESSAGE
                ? rejection
                : rejection.toBuilder().setMessage(rejection.getMessage().substring(0, MAX_MESSAGE)).build();
    }

    private static Outcome state(Session session, boolean existed) {
        return Outcome.newBuilder().setSession(session.state(existed)).build();
    }

    private static Outcome expired(String why) {
        return Answers.refused(Reason.SESSION_EXPIRED, "the session has expired: " + why);
    }

    private static Outcome busy() {
        return Answers.refused(Reason.SESSION_BUSY, "the session has been opened anew since");
    }
}
