package io.engram.jepsen.controls.map;

import com.hazelcast.map.IMap;
import io.engram.node.config.NodeConfig;
import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.GetStatusRequest;
import io.engram.v1.GetStatusResponse;
import io.engram.v1.Member;
import io.engram.v1.MemberHealth;
import io.engram.v1.Position;
import io.engram.v1.Replica;
import io.engram.v1.ReplicaRole;
import io.grpc.stub.StreamObserver;

/// What tools ask of a cluster: its members. There is no log, so each member says that it holds a replica of one shard and
/// leads it: in a map, whoever is asked decides.
final class MapStatus extends ClusterServiceGrpc.ClusterServiceImplBase {
    private final NodeConfig.ClusterConfig cluster;
    private final IMap<String, byte[]> map;

    MapStatus(NodeConfig.ClusterConfig cluster, IMap<String, byte[]> map) {
        this.cluster = cluster;
        this.map = map;
    }

    @Override
    public void getStatus(GetStatusRequest request, StreamObserver<GetStatusResponse> observer) {
        GetStatusResponse.Builder status = GetStatusResponse.newBuilder()
                .setCluster(cluster.name())
                .setNode(cluster.self().value())
                .setShards(1)
                .setReplication(cluster.members().size());
        for (NodeConfig.MemberAddress member : cluster.members()) {
            boolean self = member.node().equals(cluster.self());
            if (request.getLocalOnly() && !self) continue;
            status.addMembers(Member.newBuilder()
                    .setNode(member.node().value())
                    .setEndpoint(member.host() + ":" + member.ports().clients())
                    .setReachable(true)
                    .setHealth(MemberHealth.MEMBER_HEALTH_HEALTHY)
                    .setVersion("plain-map")
                    .addReplicas(Replica.newBuilder()
                            .setRole(ReplicaRole.REPLICA_ROLE_LEADER)
                            .setTerm(1)
                            .setLeader(member.node().value())
                            .setApplied(Position.newBuilder().setIndex(1))
                            .setLifeCycle("RUNNING")
                            .setMemories(self ? map.getLocalMapStats().getOwnedEntryCount() : 0)));
        }
        observer.onNext(status.build());
        observer.onCompleted();
    }
}
