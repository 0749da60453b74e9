package io.engram.grid.freshness;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.util.concurrent.CompletableFuture;

/// What the gate asks other nodes. Carried over [io.engram.grid.cluster.Peers]; on the other side `FreshnessGate.answerTerms`
/// and `FreshnessGate.answerFencedIndex` answer.
///
/// An answer must be made for this very question, after it was asked: never hand out an earlier one.
public interface FreshnessPeers {
    /// The terms of all shards of which `to` runs a replica. Completes exceptionally when there is no answer by the deadline.
    CompletableFuture<TermsAnswer> terms(NodeId to, Deadline deadline);

    /// Indexes that hold every write acknowledged before the question was asked. Completes exceptionally when there is no
    /// answer by the deadline.
    CompletableFuture<FencedIndexAnswer> fencedIndex(NodeId to, FencedIndexQuestion question, Deadline deadline);
}
