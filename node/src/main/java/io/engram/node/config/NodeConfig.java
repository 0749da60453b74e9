package io.engram.node.config;

import io.engram.grid.log.NodeId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Everything that a node is told. Read with [NodeConfigReader].
public record NodeConfig(
        ClusterConfig cluster, ListenConfig listen, Path data, StoreConfig store, SecurityConfig security,
        LimitsConfig limits, boolean stopAtEof) {

    /// @param members all nodes, this one included, the same list in the same order on every node
    public record ClusterConfig(String name, NodeId self, List<MemberAddress> members) {
        public ClusterConfig {
            members = List.copyOf(members);
        }

        public MemberAddress selfMember() {
            return members.stream().filter(m -> m.node().equals(self)).findFirst().orElseThrow();
        }
    }

    /// @param host by which the other nodes and the clients reach it
    /// @param basePort the first of the node's seven ports, see [Ports]
    public record MemberAddress(NodeId node, String host, int basePort) {
        public Ports ports() {
            return new Ports(basePort);
        }
    }

    /// @param host name or address of the network interface to listen on
    public record ListenConfig(String host, Ports ports) {}

    /// A node's ports: clients `base`, peers +1, Raft +2, Hazelcast +3, Ignite +4 and +5, HTTP +6.
    public record Ports(int base) {
        public static final int COUNT = 7;

        public int clients() {
            return base;
        }

        public int peers() {
            return base + 1;
        }

        public int raft() {
            return base + 2;
        }

        public int hot() {
            return base + 3;
        }

        public int coldDiscovery() {
            return base + 4;
        }

        public int coldCommunication() {
            return base + 5;
        }

        public int http() {
            return base + 6;
        }
    }

    /// @param shards fixed when the cluster is created
    /// @param replication voting replicas of each shard, odd
    public record StoreConfig(
            int shards, int replication, LogConfig log, TierConfig hot, int hotBackups, TierConfig cold, int coldBackups) {}

    public record LogConfig(
            Duration electionMin, Duration electionMax, long snapshotEvery, Bytes entry, int entriesInFlight, Bytes pending) {}

    /// @param memory heap of the hot tier, or the cold tier's region outside the heap
    public record TierConfig(boolean enabled, Bytes memory) {}

    /// @param token what clients must show; empty: clients need none
    /// @param clusterSecret what peers must show; empty: the cluster's name is enough
    /// @param tls of the client port
    public record SecurityConfig(Optional<Secret> token, Optional<Secret> clusterSecret, Optional<Tls> tls) {}

    /// Both files in PEM.
    public record Tls(Path certificate, Path key) {}

    /// @param message largest request or answer
    /// @param calls unary calls at work at once; more are refused
    /// @param streams open Observe streams; more are refused
    /// @param inFlight bytes of requests being worked on, over all calls and streams of the node
    /// @param streamInFlight the same for one stream
    /// @param receiving bytes of requests of which a part has come, over all connections of the node
    /// @param defaultDeadline for calls that bring none
    /// @param maxDeadline a call's own deadline is cut to this
    public record LimitsConfig(
            Bytes message, int calls, int streams, Bytes inFlight, Bytes streamInFlight, Bytes receiving, Duration defaultDeadline,
            Duration maxDeadline) {}
}
