package io.engram.grid.freshness;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/// Lets a read through to the local replica of a shard once the consistency asked for is established.
///
/// Safe for use by many threads; never blocks.
public interface ReadGate {
    /// Completes when the replica may be read. The read must look at the state only after completion, and its
    /// answer carries this proof, with `applied` read from `position` *before* the state is read.
    ///
    /// Fails with [io.engram.grid.RefusedException]: `STALE` (bound cannot be proven now), `NO_LEADER`,
    /// `DEADLINE_EXCEEDED`, `NOT_READY`.
    ///
    /// @param position the state machine's count of applied commands, for AtLeast and for the proof
    CompletableFuture<ShardProof> pass(ShardId shard, Consistency consistency, LongSupplier position, Deadline deadline);
}
