package io.engram.grid.log;

import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// One shard's replicated log, as seen from the replica on this node.
///
/// Real: `RatisShardLogs`. Simulated: `MemoryLog` (tests). Safe for use by many threads.
public interface ShardLog {
    ShardId shard();

    /// Appends an entry if this replica leads. Completes after the entry is durable on a majority and applied here.
    /// Completes exceptionally with [OutcomeUnknownException] when the deadline passes or leadership is lost
    /// in between, with [io.engram.grid.RefusedException] `OVERLOADED` (nothing appended) when too much waits to enter the log
    /// already; never hangs beyond the deadline.
    CompletableFuture<Appended> append(Entry entry, Deadline deadline);

    ReplicaView view();

    /// Completes (with no value) once this replica has applied log index `logIndex` or more;
    /// exceptionally with [java.util.concurrent.TimeoutException] at the deadline.
    CompletableFuture<Void> whenApplied(long logIndex, Deadline deadline);

    /// Nodes that hold a voting replica of this shard, this one included, in the configuration(s) that now count:
    /// during a membership change there are two, and a majority of each is needed.
    Membership membership();

    /// @param current voters of the current configuration
    /// @param previous voters of the configuration being left; empty unless a change is under way
    record Membership(Set<Voter> current, Set<Voter> previous) {
        public Membership {
            current = Set.copyOf(current);
            previous = Set.copyOf(previous);
        }
    }

    /// @param peer the Raft peer of that node. A node that lost its replica is taken out of the configuration and joins it
    ///     again with a term that is not older (decision 0003): until then it is not [ReplicaView#running]
    record Voter(NodeId node, String peer) {}
}
