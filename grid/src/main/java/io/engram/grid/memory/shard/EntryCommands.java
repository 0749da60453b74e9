package io.engram.grid.memory.shard;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.log.ShardId;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.io.IOException;
import java.util.function.Supplier;

/// Applies one command to a draft and gives its outcome. What a client can get wrong is refused; an exception means that this
/// replica cannot go on.
final class EntryCommands {
    private final Draft draft;
    private final int maxSpaces;

    EntryCommands(Draft draft, int maxSpaces) {
        this.draft = draft;
        this.maxSpaces = maxSpaces;
    }

    Outcome apply(byte[] bytes) throws IOException {
        Command command;
        try {
            command = Command.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("the log holds a command that cannot be read", e);
        }
        draft.takePosition();
        Outcome outcome = apply(command);
        return outcome.getReplayed() ? outcome : outcome.toBuilder().setIndex(draft.position()).build();
    }

    private Outcome apply(Command command) throws IOException {
        return switch (command.getKindCase()) {
            case PUT -> MemoryCommands.put(draft, command);
            case FORGET -> MemoryCommands.forget(draft, command);
            case CREATE_SPACE, UPDATE_SPACE, DELETE_SPACE, SPACE_STEP_DONE -> catalog(command);
            case OPEN_SESSION -> inTime(command, () -> SessionCommands.open(draft, command.getOpenSession()));
            case SETTLE_SESSION -> inTime(command, () -> SessionCommands.settle(draft, command.getSettleSession()));
            case SESSION_BATCH ->
                Once.isLate(draft, command) ? Once.late() : SessionCommands.batch(draft, command.getSessionBatch());
            case CLOSE_SESSION -> inTime(command, () -> SessionCommands.close(draft, command.getCloseSession()));
            case INSTALL_SPACE -> inTime(command, () -> SpaceCommands.install(draft, command.getInstallSpace()));
            case DROP_SPACE -> inTime(command, () -> SpaceCommands.drop(draft, command.getDropSpace()));
            case TICK -> Answers.done();
            // Written by a later version: to pass over it would make this replica's state another one.
            case KIND_NOT_SET -> throw new IllegalStateException("the log holds a command of a kind that is not known here");
        };
    }

    private Outcome catalog(Command command) throws IOException {
        if (!draft.shard().equals(ShardId.CATALOG))
            return Answers.refused(Reason.INVALID_ARGUMENT, "the catalog is on shard 0, not on " + draft.shard());
        return switch (command.getKindCase()) {
            case CREATE_SPACE -> CatalogCommands.create(draft, command, maxSpaces);
            case UPDATE_SPACE -> CatalogCommands.update(draft, command);
            case DELETE_SPACE -> CatalogCommands.delete(draft, command);
            case SPACE_STEP_DONE -> inTime(command, () -> CatalogCommands.stepDone(draft, command.getSpaceStepDone()));
            default -> throw new IllegalStateException("no command of the catalog: " + command.getKindCase());
        };
    }

    private Outcome inTime(Command command, Supplier<Outcome> step) {
        return Once.isLate(draft, command) ? Once.late() : step.get();
    }
}
