package io.engram.client;

import io.engram.v1.ReplicaRole;
import java.util.Optional;

/// The cluster's status, from the wire.
final class WireStatus {
    private WireStatus() {}

    static ClusterStatus status(io.engram.v1.GetStatusResponse wire) {
        return new ClusterStatus(
                wire.getCluster(),
                wire.getNode(),
                wire.getMembersList().stream().map(WireStatus::member).toList(),
                wire.getShards(),
                wire.getReplication(),
                text(wire.getEmbeddingModel()),
                wire.getEmbeddingDimension());
    }

    private static ClusterStatus.Member member(io.engram.v1.Member wire) {
        return new ClusterStatus.Member(
                wire.getNode(),
                wire.getEndpoint(),
                wire.getReachable(),
                switch (wire.getHealth()) {
                    case MEMBER_HEALTH_STARTING -> ClusterStatus.Health.STARTING;
                    case MEMBER_HEALTH_HEALTHY -> ClusterStatus.Health.HEALTHY;
                    case MEMBER_HEALTH_DEGRADED -> ClusterStatus.Health.DEGRADED;
                    case MEMBER_HEALTH_UNHEALTHY -> ClusterStatus.Health.UNHEALTHY;
                    case MEMBER_HEALTH_UNSPECIFIED, UNRECOGNIZED -> ClusterStatus.Health.UNKNOWN;
                },
                wire.getComplaintsList(),
                wire.getVersion(),
                Wire.duration(wire.getUptime()),
                wire.getReplicasList().stream().map(WireStatus::replica).toList(),
                wire.getEnginesList().stream()
                        .map(e -> new ClusterStatus.Engine(e.getName(), e.getState(), e.getDetail(), e.getMembers()))
                        .toList(),
                wire.getResidentBytes(),
                wire.getDataBytes(),
                wire.getDiskFreeBytes());
    }

    private static ClusterStatus.Replica replica(io.engram.v1.Replica wire) {
        return new ClusterStatus.Replica(
                wire.getShard(),
                role(wire.getRole()),
                wire.getTerm(),
                text(wire.getLeader()),
                Wire.position(wire.getApplied()),
                wire.getLogCommitted(),
                wire.getLogApplied(),
                wire.getSnapshotIndex(),
                wire.getLifeCycle(),
                wire.hasStaleness() ? Optional.of(Wire.duration(wire.getStaleness())) : Optional.empty(),
                wire.getMemories(),
                wire.getSessions(),
                text(wire.getDigest()));
    }

    static ClusterStatus.Role role(ReplicaRole wire) {
        return switch (wire) {
            case REPLICA_ROLE_LEADER -> ClusterStatus.Role.LEADER;
            case REPLICA_ROLE_FOLLOWER -> ClusterStatus.Role.FOLLOWER;
            case REPLICA_ROLE_CANDIDATE -> ClusterStatus.Role.CANDIDATE;
            case REPLICA_ROLE_STOPPED -> ClusterStatus.Role.STOPPED;
            case REPLICA_ROLE_UNSPECIFIED, UNRECOGNIZED -> ClusterStatus.Role.UNKNOWN;
        };
    }

    private static Optional<String> text(String wire) {
        return wire.isEmpty() ? Optional.empty() : Optional.of(wire);
    }
}
