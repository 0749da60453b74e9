package io.engram.grid;

import io.engram.grid.log.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// @param members all nodes of the cluster, this one included, the same list on every node
/// @param shards fixed when the cluster is created, 1..64
/// @param replication voting replicas of each shard, odd; at most as many as there are members
public record GridConfig(
        String cluster, NodeId self, List<Member> members, Path data, int shards, int replication, LogConfig log,
        MemoryConfig memory, HotConfig hot, ColdConfig cold) {
    public GridConfig {
        members = List.copyOf(members);
    }

    /// @param host name or address that the other nodes reach it by
    /// @param rank number of the node in the configured list, from 0: breaks ties and spaces out retries
    public record Member(
            NodeId node, String host, int rank, int clientPort, int peerPort, int raftPort, int hotPort,
            int coldDiscoveryPort, int coldCommunicationPort) {}

    /// @param electionMin least time without a leader before a replica stands for election
    /// @param snapshotEvery log entries between snapshots
    /// @param entryBytes group commit: an entry is closed at this size
    public record LogConfig(
            Duration electionMin, Duration electionMax, long snapshotEvery, int entryBytes, int entriesInFlight,
            int pendingBytes) {}

    /// @param idempotencyWindow log time for which outcomes of unary writes are kept
    /// @param idempotencyEntries per shard; more writes than that within the window are refused
    public record MemoryConfig(Duration idempotencyWindow, int idempotencyEntries, int maxSpaces) {
        public static final MemoryConfig DEFAULT = new MemoryConfig(Duration.ofMinutes(10), 1_000_000, 1_000);
    }

    /// @param maxBytes heap that this node's share of the hot tier may take
    public record HotConfig(boolean enabled, long maxBytes, int backups) {}

    public record ColdConfig(boolean enabled, long regionBytes, int backups) {}

    public Member selfMember() {
        return members.stream().filter(m -> m.node().equals(self)).findFirst().orElseThrow();
    }
}
