package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.DropSpace;
import io.engram.grid.wire.InstallSpace;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SpaceStepDone;
import java.util.concurrent.CompletableFuture;

/// Brings a revision of a space, or its end, to all of its shards, and then tells the catalog that this is done.
///
/// Every step changes nothing the second time, so that several nodes may do this at once, and one goes on where another died.
/// Never blocks; safe for use by many threads.
final class SpaceSettling {
    private final Submission submission;

    SpaceSettling(Submission submission) {
        this.submission = submission;
    }

    /// Completes with the position in the catalog at which it was recorded as settled; fails as [Submission] does.
    CompletableFuture<Position> install(Space space, Deadline deadline) {
        var install = Command.newBuilder().setInstallSpace(InstallSpace.newBuilder().setSpace(WireFormat.of(space))).build();
        return settle(space, install, deadline);
    }

    CompletableFuture<Position> drop(Space space, Deadline deadline) {
        var drop = Command.newBuilder().setDropSpace(DropSpace.newBuilder().setSpace(space.id().value())).build();
        return settle(space, drop, deadline);
    }

    private CompletableFuture<Position> settle(Space space, Command step, Deadline deadline) {
        var steps = space.shards().stream()
                .map(shard -> submission.submit(shard, step, deadline).thenAccept(SpaceSettling::check))
                .toArray(CompletableFuture<?>[]::new);
        var done = Command.newBuilder()
                .setSpaceStepDone(SpaceStepDone.newBuilder().setSpace(space.id().value()).setRevision(space.revision()))
                .build();
        return CompletableFuture.allOf(steps)
                .thenCompose(all -> submission.submit(ShardId.CATALOG, done, deadline))
                .thenApply(outcome -> {
                    check(outcome);
                    return new Position(ShardId.CATALOG, outcome.getIndex());
                });
    }

    private static void check(Outcome outcome) {
        if (outcome.getKindCase() != Outcome.KindCase.REFUSED) return;
        // Dropped meanwhile: a later revision of the space, its end, has come here first.
        if (Reasons.of(outcome.getRefused()) == Reason.SPACE_NOT_FOUND) return;
        throw new RefusedException(
                Reason.INTERNAL, "a shard refused a step of the catalog: " + outcome.getRefused().getReason() + " " + outcome.getRefused().getMessage());
    }
}
