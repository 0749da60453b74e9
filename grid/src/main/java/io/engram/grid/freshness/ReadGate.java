package io.engram.grid.freshness;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.ShardId;
import java.util.concurrent.CompletableFuture;

/// Lets a read through to the local replica of a shard once the consistency asked for is established.
///
/// Safe for use by many threads; never blocks.
public interface ReadGate {
    /// Completes when the replica may be read. The read must look at the state only after completion, and its
    /// answer carries this proof, with `applied` read from `positions` *before* the state is read.
    ///
    /// Fails with [io.engram.grid.RefusedException]: `STALE` (bound cannot be proven now), `NO_LEADER`,
    /// `DEADLINE_EXCEEDED`, `NOT_READY`.
    ///
    CompletableFuture<ShardProof> pass(ShardId shard, Consistency consistency, Positions positions, Deadline deadline);

    /// What of a shard's state readers can see.
    interface Positions {
        /// Index of the last position that is visible to readers.
        long published();

        /// Completes once `published()` is at least `index`; with a [java.util.concurrent.TimeoutException] at the deadline.
        CompletableFuture<Void> whenPublished(long index, Deadline deadline);
    }
}
