package io.engram.grid.log;

import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import java.util.concurrent.CompletableFuture;

/// Carries questions about a replica to other nodes, where [ShardLogs#answer] answers them.
@FunctionalInterface
public interface MembershipClient {
    /// Completes exceptionally when the node cannot be reached, refuses, or the deadline passes; the question may have been
    /// carried out all the same. Must not block.
    CompletableFuture<MembershipAnswer> ask(NodeId to, MembershipQuestion question, Deadline deadline);
}
