package io.engram.grid.memory.shard;

import io.engram.grid.Reason;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import io.engram.grid.wire.Done;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.Refused;
import io.engram.grid.wire.SpaceChanged;

/// Outcomes of commands, still without their position.
final class Answers {
    private Answers() {}

    static Outcome refused(Reason reason, String message) {
        return refused(reason, message, 0);
    }

    static Outcome refused(Reason reason, String message, long currentVersion) {
        return Outcome.newBuilder()
                .setRefused(Refused.newBuilder()
                        .setReason(reason.name())
                        .setMessage(message)
                        .setCurrentVersion(currentVersion))
                .build();
    }

    static Outcome noSpace(SpaceId space) {
        return refused(Reason.SPACE_NOT_FOUND, "space " + Long.toUnsignedString(space.value()) + " is not installed on this shard");
    }

    static Outcome done() {
        return Outcome.newBuilder().setDone(Done.getDefaultInstance()).build();
    }

    static Outcome changed(Cataloged entry) {
        return Outcome.newBuilder()
                .setSpace(SpaceChanged.newBuilder().setSpace(WireFormat.of(entry.space())).setSettled(entry.settled()))
                .build();
    }
}
