package io.engram.grid.cluster;

import io.engram.grid.GridConfig;
import io.engram.grid.cluster.ClusterStatus.Engine;
import io.engram.grid.cluster.ClusterStatus.Health;
import io.engram.grid.cluster.ClusterStatus.Member;
import io.engram.grid.cluster.ClusterStatus.Replica;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.wire.EngineReport;
import io.engram.grid.wire.MemberReport;
import io.engram.grid.wire.ReplicaReport;
import java.time.Duration;
import java.util.Optional;

/// What a node says of itself, as it travels to another.
public final class StatusFormat {
    private StatusFormat() {}

    public static MemberReport of(Member member) {
        var wire = MemberReport.newBuilder()
                .setNode(member.node().value())
                .setHealth(number(member.health()))
                .addAllComplaints(member.complaints())
                .setVersion(member.version())
                .setUptimeMs(member.uptime().toMillis())
                .setResidentBytes(member.residentBytes())
                .setDataBytes(member.dataBytes())
                .setDiskFreeBytes(member.diskFreeBytes());
        for (Replica replica : member.replicas()) wire.addReplicas(of(replica));
        for (Engine engine : member.engines())
            wire.addEngines(EngineReport.newBuilder()
                    .setName(engine.name())
                    .setState(engine.state())
                    .setDetail(engine.detail())
                    .setMembers(engine.members()));
        return wire.build();
    }

    private static ReplicaReport of(Replica replica) {
        var wire = ReplicaReport.newBuilder()
                .setShard(replica.shard().value())
                .setRole(number(replica.role()))
                .setTerm(replica.term())
                .setLeader(replica.leader().map(NodeId::value).orElse(""))
                .setApplied(replica.applied().index())
                .setLogCommitted(replica.logCommitted())
                .setLogApplied(replica.logApplied())
                .setSnapshot(replica.snapshot())
                .setLifeCycle(replica.lifeCycle())
                .setMemories(replica.memories())
                .setSessions(replica.sessions())
                .setDigest(replica.digest());
        replica.staleness().ifPresent(staleness -> wire.setStalenessMs(staleness.toMillis()));
        return wire.build();
    }

    /// @param configured the member that answered
    /// @throws IllegalArgumentException if it is no report of that member
    public static Member from(MemberReport wire, GridConfig.Member configured) {
        if (!wire.getNode().equals(configured.node().value()))
            throw new IllegalArgumentException("node must be " + configured.node() + ", was '" + wire.getNode() + "'");
        return new Member(
                configured.node(), configured.host(), configured.clientPort(), true, health(wire.getHealth()), wire.getComplaintsList(),
                wire.getVersion(), Duration.ofMillis(wire.getUptimeMs()),
                wire.getReplicasList().stream().map(StatusFormat::from).toList(),
                wire.getEnginesList().stream()
                        .map(e -> new Engine(e.getName(), e.getState(), e.getDetail(), e.getMembers()))
                        .toList(),
                wire.getResidentBytes(), wire.getDataBytes(), wire.getDiskFreeBytes());
    }

    private static Replica from(ReplicaReport wire) {
        var shard = new ShardId(wire.getShard());
        return new Replica(
                shard, role(wire.getRole()), wire.getTerm(),
                wire.getLeader().isEmpty() ? Optional.empty() : Optional.of(new NodeId(wire.getLeader())),
                new Position(shard, wire.getApplied()), wire.getLogCommitted(), wire.getLogApplied(), wire.getSnapshot(),
                wire.getLifeCycle(),
                wire.hasStalenessMs() ? Optional.of(Duration.ofMillis(wire.getStalenessMs())) : Optional.empty(),
                wire.getMemories(), wire.getSessions(), wire.getDigest());
    }

    private static int number(Health health) {
        return switch (health) {
            case UNKNOWN -> 0;
            case STARTING -> 1;
            case HEALTHY -> 2;
            case DEGRADED -> 3;
            case UNHEALTHY -> 4;
        };
    }

    private static Health health(int number) {
        for (Health health : Health.values()) if (number(health) == number) return health;
        return Health.UNKNOWN;
    }

    public static int number(ReplicaView.Role role) {
        return switch (role) {
            case LEADER -> 1;
            case FOLLOWER -> 2;
            case CANDIDATE -> 3;
            case STOPPED -> 4;
        };
    }

    /// @throws IllegalArgumentException there is no such number
    public static ReplicaView.Role role(int number) {
        for (ReplicaView.Role role : ReplicaView.Role.values()) if (number(role) == number) return role;
        throw new IllegalArgumentException("role must be 1..4, was " + number);
    }
}
