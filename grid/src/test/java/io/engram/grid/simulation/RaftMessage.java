package io.engram.grid.simulation;

import io.engram.grid.log.NodeId;
import java.util.List;

/// What the replicas of a shard tell each other.
sealed interface RaftMessage {
    long term();

    NodeId from();

    record Vote(long term, NodeId from, long last, long lastTerm) implements RaftMessage {}

    record Voted(long term, NodeId from, boolean granted) implements RaftMessage {}

    record Append(long term, NodeId from, long previous, long previousTerm, List<SimDisk.Item> items, long committed)
            implements RaftMessage {}

    /// @param matched if taken: the last index that is known to be the leader's; if not: where to try from
    record AppendedTo(long term, NodeId from, boolean taken, long matched) implements RaftMessage {}

    record Install(long term, NodeId from, SimDisk.Snapshot snapshot) implements RaftMessage {}
}
