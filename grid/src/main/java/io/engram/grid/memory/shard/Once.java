package io.engram.grid.memory.shard;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.shard.KeptOutcomes.Kept;
import io.engram.grid.memory.shard.KeptOutcomes.Scope;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.io.IOException;

/// Applies a unary write once for each idempotency key: asking again has the first outcome.
final class Once {
    @FunctionalInterface
    interface Write {
        Outcome apply() throws IOException;
    }

    private Once() {}

    static boolean isLate(Draft draft, Command command) {
        return command.getNotAfterMs() != 0 && draft.nowMs() > command.getNotAfterMs();
    }

    static Outcome late() {
        return Answers.refused(Reason.DEADLINE_EXCEEDED, "the command came too late to be applied; this one was not");
    }

    static Outcome apply(Draft draft, Command command, SpaceId space, String about, Write write) throws IOException {
        if (command.getIdempotencyKey().isEmpty()) return isLate(draft, command) ? late() : write.apply();
        Scope scope = new Scope(space, about, command.getIdempotencyKey());
        Kept kept = draft.outcomes().find(scope);
        if (kept != null) return replay(command, kept);
        if (isLate(draft, command)) return late();
        if (!draft.outcomes().hasRoomFor(space))
            return Answers.refused(
                    Reason.IDEMPOTENCY_TABLE_FULL, "too many writes with idempotency keys within the window; retry later");
        Outcome outcome = write.apply();
        // Not kept: the space may be on its way here, and asking again is how one finds out.
        if (outcome.getRefused().getReason().equals(Reason.SPACE_NOT_FOUND.name())) return outcome;
        Outcome positioned = outcome.toBuilder().setIndex(draft.position()).build();
        draft.outcomes().keep(scope, command.getFingerprint(), positioned, draft.nowMs());
        return positioned;
    }

    private static Outcome replay(Command command, Kept kept) {
        if (kept.fingerprint() != command.getFingerprint())
            return Answers.refused(
                    Reason.IDEMPOTENCY_KEY_REUSED, "the idempotency key stands for another request within its window");
        try {
            return Outcome.parseFrom(kept.outcome()).toBuilder().setReplayed(true).build();
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("an outcome kept here cannot be read", e);
        }
    }
}
