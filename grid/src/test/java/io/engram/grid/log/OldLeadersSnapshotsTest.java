package io.engram.grid.log;

import static io.engram.grid.log.Cluster.PATIENCE;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotResult;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.RaftConfigurationProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A leader that was deposed while it sent a snapshot, and goes on sending.
class OldLeadersSnapshotsTest {
    @TempDir
    Path folder;

    @Test
    void its_configuration_replaces_none() throws Exception {
        try (var cluster = Cluster.ofThree(folder).startAll()) {
            cluster.write(0, "a");
            var leader = cluster.settledLeader(0);
            var follower = cluster.up().stream().filter(node -> !node.equals(leader)).findFirst().orElseThrow();
            var division = Objects.requireNonNull(((RatisShardLogs) cluster.node(follower).logs()).replica(new ShardId(0)).running()).division();
            long term = division.getInfo().getCurrentTerm();

            assertThat(send(division, request(division, leader, term - 1))).isEqualTo(InstallSnapshotResult.NOT_LEADER);

            assertThat(division.getRaftConf().getCurrentPeers()).hasSize(3);
            assertThat(Files.readString(cluster.raft(follower, 0).resolve("current/raft-meta.conf"), StandardCharsets.ISO_8859_1)).contains("n1", "n2", "n3");
        }
    }

    /// Says that the leader is alone.
    private static InstallSnapshotRequestProto request(RaftServer.Division to, NodeId leader, long term) {
        var from = RaftGroupMemberId.valueOf(RaftPeerId.valueOf(leader.value()), to.getGroup().getGroupId());
        var peer = Objects.requireNonNull(to.getRaftConf().getPeer(from.getPeerId())).getRaftPeerProto();
        return InstallSnapshotRequestProto.newBuilder()
                .setServerRequest(ClientProtoUtils.toRaftRpcRequestProtoBuilder(from, to.getId()))
                .setLeaderTerm(term)
                .setSnapshotChunk(InstallSnapshotRequestProto.SnapshotChunkProto.newBuilder().setRequestId("late"))
                .setLastRaftConfigurationLogEntryProto(LogEntryProto.newBuilder()
                        .setTerm(term)
                        .setIndex(0)
                        .setConfigurationEntry(RaftConfigurationProto.newBuilder().addPeers(peer)))
                .build();
    }

    private static InstallSnapshotResult send(RaftServer.Division to, InstallSnapshotRequestProto request) throws Exception {
        var address = Objects.requireNonNull(to.getRaftConf().getPeer(to.getId())).getAddress();
        var channel = NettyChannelBuilder.forTarget(address).usePlaintext().build();
        try {
            var answer = new CompletableFuture<InstallSnapshotReplyProto>();
            var requests = RaftServerProtocolServiceGrpc.newStub(channel).installSnapshot(new StreamObserver<>() {
                @Override
                public void onNext(InstallSnapshotReplyProto reply) {
                    answer.complete(reply);
                }

                @Override
                public void onError(Throwable error) {
                    answer.completeExceptionally(error);
                }

                @Override
                public void onCompleted() {
                    // The answer has come by then.
                }
            });
            requests.onNext(request);
            var result = answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS).getResult();
            requests.onCompleted();
            return result;
        } finally {
            channel.shutdownNow();
        }
    }
}
