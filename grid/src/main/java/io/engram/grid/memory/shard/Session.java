package io.engram.grid.memory.shard;

import io.engram.grid.memory.shard.ShardReading.SessionReading;
import io.engram.grid.wire.NumberedRejection;
import io.engram.grid.wire.SessionState;
import java.util.ArrayList;
import java.util.List;

/// What one shard knows of a session.
///
/// @param stream the newest stream this shard was told of; older ones are refused
/// @param settled only at home: every shard of the space knows this incarnation
/// @param covered every number up to here was taken here, or belongs to another shard
/// @param activeAtMs only at home: log time of the last command of the session
/// @param rejections that the client may not have seen, by number
record Session(
        long incarnation, long stream, boolean settled, long covered, long activeAtMs, List<NumberedRejection> rejections) {
    /// A client that has so many unseen rejections must acknowledge before more is taken.
    static final int MAX_REJECTIONS = 4_096;

    Session {
        rejections = List.copyOf(rejections);
    }

    static Session created(long incarnation, long stream, long nowMs) {
        return new Session(incarnation, stream, false, 0, nowMs, List.of());
    }

    Session opened(long newStream, long acknowledgedThrough, long nowMs) {
        return new Session(incarnation, newStream, settled, covered, nowMs, unseen(acknowledgedThrough));
    }

    Session settled(long nowMs) {
        return new Session(incarnation, stream, true, covered, nowMs, rejections);
    }

    Session covering(long through, long acknowledgedThrough, List<NumberedRejection> added, long nowMs) {
        List<NumberedRejection> all = new ArrayList<>(unseen(acknowledgedThrough));
        all.addAll(added);
        return new Session(incarnation, stream, settled, Math.max(covered, through), nowMs, all);
    }

    private List<NumberedRejection> unseen(long acknowledgedThrough) {
        if (rejections.isEmpty() || rejections.getFirst().getNumber() > acknowledgedThrough) return rejections;
        return rejections.stream().filter(rejection -> rejection.getNumber() > acknowledgedThrough).toList();
    }

    /// All rejections kept.
    SessionState state(boolean existed) {
        return state(existed, 0, Long.MAX_VALUE);
    }

    /// With the rejections of numbers (from, through].
    SessionState state(boolean existed, long from, long through) {
        SessionState.Builder state = SessionState.newBuilder()
                .setCoveredThrough(covered)
                .setExisted(existed)
                .setIncarnation(incarnation)
                .setStream(stream)
                .setSettled(settled);
        for (NumberedRejection rejection : rejections)
            if (rejection.getNumber() > from && rejection.getNumber() <= through) state.addRejections(rejection);
        return state.build();
    }

    SessionReading reading() {
        return new SessionReading(incarnation, stream, covered, settled, rejections.size());
    }
}
