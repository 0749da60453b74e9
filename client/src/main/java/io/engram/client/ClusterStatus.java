package io.engram.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The cluster as one node sees it.
///
/// @param node name of the node that answered
/// @param shards of the cluster
/// @param replication replicas of each shard
/// @param embeddingModel name; empty: none
/// @param embeddingDimension 0: none
public record ClusterStatus(
        String cluster,
        String node,
        List<Member> members,
        int shards,
        int replication,
        Optional<String> embeddingModel,
        int embeddingDimension) {
    public ClusterStatus {
        members = List.copyOf(members);
    }

    /// @param endpoint host:port for clients
    /// @param complaints why it is not healthy; one line each, stable first word
    public record Member(
            String node,
            String endpoint,
            boolean reachable,
            Health health,
            List<String> complaints,
            String version,
            Duration uptime,
            List<Replica> replicas,
            List<Engine> engines,
            long residentBytes,
            long dataBytes,
            long diskFreeBytes) {
        public Member {
            complaints = List.copyOf(complaints);
            replicas = List.copyOf(replicas);
            engines = List.copyOf(engines);
        }
    }

    public enum Health { UNKNOWN, STARTING, HEALTHY, DEGRADED, UNHEALTHY }

    public enum Role { UNKNOWN, LEADER, FOLLOWER, CANDIDATE, STOPPED }

    /// @param leader that this replica knows; empty: none
    /// @param logCommitted entries of the Raft log, like `logApplied` and `snapshotIndex`
    /// @param staleness proven at the time of asking
    /// @param digest hash over the replica's state at `applied`; empty: not asked for
    public record Replica(
            int shard,
            Role role,
            long term,
            Optional<String> leader,
            Position applied,
            long logCommitted,
            long logApplied,
            long snapshotIndex,
            String lifeCycle,
            Optional<Duration> staleness,
            long memories,
            long sessions,
            Optional<String> digest) {}

    /// A part of a node: log, hot, cold.
    ///
    /// @param state up, degraded, down
    public record Engine(String name, String state, String detail, int members) {}
}
