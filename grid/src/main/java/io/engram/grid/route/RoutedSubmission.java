package io.engram.grid.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Submission;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.util.concurrent.CompletableFuture;

/// The way of a command into its shard's log, in a running cluster: see [CommandRoutes].
final class RoutedSubmission implements Submission {
    private final CommandRoutes routes;
    private final Stamps stamps;

    RoutedSubmission(CommandRoutes routes, Stamps stamps) {
        this.routes = routes;
        this.stamps = stamps;
    }

    @Override
    public CompletableFuture<Outcome> submit(ShardId shard, Command command, Deadline deadline) {
        return routes.submit(shard, stamps.stamp(shard, command).toByteArray(), deadline).handle((result, fault) -> {
            if (fault != null) throw Faults.refusal(fault);
            Outcome outcome;
            try {
                outcome = Outcome.parseFrom(result.outcome());
            } catch (InvalidProtocolBufferException e) {
                throw new RefusedException(Reason.OUTCOME_UNKNOWN, "shard " + shard + " applied it; its outcome cannot be read", e);
            }
            if (result.doubtful() && !tells(command, outcome))
                throw new RefusedException(
                        Reason.OUTCOME_UNKNOWN,
                        "an earlier attempt may have been recorded; a later one was refused: " + outcome.getRefused().getReason());
            return outcome;
        });
    }

    /// Whether the outcome of a later attempt says what became of an earlier one. A refusal that the shard does not keep under
    /// the idempotency key may have met only the later attempt.
    private static boolean tells(Command command, Outcome outcome) {
        if (outcome.getKindCase() != Outcome.KindCase.REFUSED || command.getIdempotencyKey().isEmpty()) return true;
        return switch (Reasons.of(outcome.getRefused())) {
            case VERSION_CONFLICT, REVISION_CONFLICT, MEMORY_NOT_FOUND, SPACE_EXISTS, SPACE_FULL, TOO_MANY_SPACES,
                    IDEMPOTENCY_KEY_REUSED, INVALID_ARGUMENT, DIMENSION_MISMATCH -> true;
            default -> false;
        };
    }
}
