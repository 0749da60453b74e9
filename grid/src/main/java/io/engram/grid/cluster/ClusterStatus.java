package io.engram.grid.cluster;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The cluster as one node sees it.
///
/// @param members one for each configured member, in configured order
public record ClusterStatus(String cluster, NodeId node, List<Member> members, int shards, int replication) {
    public ClusterStatus {
        members = List.copyOf(members);
    }

    public enum Health { UNKNOWN, STARTING, HEALTHY, DEGRADED, UNHEALTHY }

    /// @param reachable it answered in time; otherwise only its name and endpoint are known
    /// @param complaints why it is not healthy, one line each, first word stable: `disk-full`, `replica-failed`, `replica-starting`,
    ///     `no-leader`, `log`, `damaged-file`, `hot-down`, `hot-degraded`, `cold-down`, `cold-degraded`, `cold-starting`, `unreachable`
    /// @param version of the software
    public record Member(
            NodeId node, String host, int clientPort, boolean reachable, Health health, List<String> complaints, String version,
            Duration uptime, List<Replica> replicas, List<Engine> engines, long residentBytes, long dataBytes,
            long diskFreeBytes) {
        public Member {
            complaints = List.copyOf(complaints);
            replicas = List.copyOf(replicas);
            engines = List.copyOf(engines);
        }
    }

    /// @param applied visible to readers
    /// @param staleness proven at the time of asking; empty: none
    /// @param digest hash over the logical state at `applied`, hex; empty: not asked for
    public record Replica(
            ShardId shard, ReplicaView.Role role, long term, Optional<NodeId> leader, Position applied, long logCommitted,
            long logApplied, long snapshot, String lifeCycle, Optional<Duration> staleness, long memories, long sessions,
            String digest) {}

    /// @param name log, hot, cold
    /// @param state starting, up, degraded, down, off
    public record Engine(String name, String state, String detail, int members) {}
}
