package io.engram.grid.memory;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.util.concurrent.CompletableFuture;

/// The way of a command into a shard's log, wherever the shard's leader is.
///
/// Safe for use by many threads; never blocks.
public interface Submission {
    /// Completes with the command's outcome once it is durable on a majority and applied; an outcome may say that the command was
    /// refused. Several commands under way may land in any order, and one may land twice.
    ///
    /// Fails with [io.engram.grid.RefusedException]: `OUTCOME_UNKNOWN` if the command may have landed or may yet land;
    /// any other reason (`NO_LEADER`, `OVERLOADED`, `NOT_READY` …) says that nothing was and nothing will be appended.
    CompletableFuture<Outcome> submit(ShardId shard, Command command, Deadline deadline);
}
