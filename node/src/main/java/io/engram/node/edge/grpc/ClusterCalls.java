package io.engram.node.edge.grpc;

import io.engram.grid.cluster.ClusterStatus;
import io.engram.node.edge.grpc.Calls.Kind;
import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.Engine;
import io.engram.v1.GetStatusRequest;
import io.engram.v1.GetStatusResponse;
import io.engram.v1.Member;
import io.engram.v1.MemberHealth;
import io.engram.v1.Replica;
import io.grpc.stub.StreamObserver;

/// The call about the cluster.
final class ClusterCalls extends ClusterServiceGrpc.ClusterServiceImplBase {
    private final Calls calls;
    private final StatusSource source;
    private final String embeddingModel;
    private final int embeddingDimension;

    ClusterCalls(Calls calls, StatusSource source, String embeddingModel, int embeddingDimension) {
        this.calls = calls;
        this.source = source;
        this.embeddingModel = embeddingModel;
        this.embeddingDimension = embeddingDimension;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
        calls.answer(Kind.READ, request, observer, deadline -> {
            ClusterStatus status = source.status(request.getWithDigests(), request.getLocalOnly(), deadline);
            GetStatusResponse.Builder wire = GetStatusResponse.newBuilder()
                    .setCluster(status.cluster())
                    .setNode(status.node().value())
                    .setShards(status.shards())
                    .setReplication(status.replication())
                    .setEmbeddingModel(embeddingModel)
                    .setEmbeddingDimension(embeddingDimension);
            status.members().forEach(member -> wire.addMembers(member(member)));
            return wire.build();
        });
    }

    private static Member member(ClusterStatus.Member member) {
        Member.Builder wire = Member.newBuilder()
                .setNode(member.node().value())
                .setEndpoint(member.host() + ":" + member.clientPort())
                .setReachable(member.reachable())
                .setHealth(switch (member.health()) {
                    case UNKNOWN -> MemberHealth.MEMBER_HEALTH_UNSPECIFIED;
                    case STARTING -> MemberHealth.MEMBER_HEALTH_STARTING;
                    case HEALTHY -> MemberHealth.MEMBER_HEALTH_HEALTHY;
                    case DEGRADED -> MemberHealth.MEMBER_HEALTH_DEGRADED;
                    case UNHEALTHY -> MemberHealth.MEMBER_HEALTH_UNHEALTHY;
                })
                .addAllComplaints(member.complaints())
                .setVersion(member.version())
                .setUptime(Answers.duration(member.uptime()))
                .setResidentBytes(member.residentBytes())
                .setDataBytes(member.dataBytes())
                .setDiskFreeBytes(member.diskFreeBytes());
        member.replicas().forEach(replica -> wire.addReplicas(replica(replica)));
        for (ClusterStatus.Engine engine : member.engines())
            wire.addEngines(Engine.newBuilder()
                    .setName(engine.name()).setState(engine.state()).setDetail(engine.detail()).setMembers(engine.members()));
        return wire.build();
    }

    private static Replica replica(ClusterStatus.Replica replica) {
        Replica.Builder wire = Replica.newBuilder()
                .setShard(replica.shard().value())
                .setRole(Answers.role(replica.role()))
                .setTerm(replica.term())
                .setApplied(Answers.position(replica.applied()))
                .setLogCommitted(replica.logCommitted())
                .setLogApplied(replica.logApplied())
                .setSnapshotIndex(Math.max(0, replica.snapshot()))
                .setLifeCycle(replica.lifeCycle())
                .setMemories(replica.memories())
                .setSessions(replica.sessions())
                .setDigest(replica.digest());
        replica.leader().ifPresent(leader -> wire.setLeader(leader.value()));
        replica.staleness().ifPresent(staleness -> wire.setStaleness(Answers.duration(staleness)));
        return wire.build();
    }
}
