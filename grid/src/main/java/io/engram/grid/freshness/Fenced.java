package io.engram.grid.freshness;

import io.engram.grid.log.NodeId;
import java.util.Optional;

/// What a try to establish a shard's freshness came to.
sealed interface Fenced {
    /// Log index `index` holds every write that was acknowledged before `asked`.
    ///
    /// @param asked taken before the first question of the try was sent
    record Proven(long term, long index, Moment asked, ShardProof.How how) implements Fenced {}

    /// The replica that was asked does not lead in the term it thought. Another may.
    record NotLeader(Optional<NodeId> leader) implements Fenced {}

    /// Too few answers came in time: nothing is known.
    record NoMajority() implements Fenced {}

    /// The local replica does not run.
    record NotReady(String lifeCycle) implements Fenced {}
}
