package io.engram.grid.log;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.apache.ratis.client.impl.ClientProtoUtils;
import org.apache.ratis.proto.RaftProtos.AppendEntriesReplyProto;
import org.apache.ratis.proto.RaftProtos.AppendEntriesRequestProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotReplyProto;
import org.apache.ratis.proto.RaftProtos.InstallSnapshotRequestProto;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.proto.RaftProtos.MetadataProto;
import org.apache.ratis.proto.RaftProtos.RaftRpcRequestProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteReplyProto;
import org.apache.ratis.proto.RaftProtos.RequestVoteRequestProto;
import org.apache.ratis.proto.grpc.RaftServerProtocolServiceGrpc;
import org.apache.ratis.protocol.RaftGroupMemberId;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.thirdparty.io.grpc.ManagedChannel;
import org.apache.ratis.thirdparty.io.grpc.netty.NettyChannelBuilder;
import org.apache.ratis.thirdparty.io.grpc.stub.StreamObserver;

/// Speaks to one replica in the name of another one, over a socket: as a leader or candidate of any term, whatever it likes.
final class FakeLeader implements AutoCloseable {
    private final RaftServer.Division to;
    private final RaftGroupMemberId name;
    private final long term;
    private final ManagedChannel channel;
    private final RaftServerProtocolServiceGrpc.RaftServerProtocolServiceStub stub;
    private final AtomicLong calls = new AtomicLong();
    private final ConcurrentMap<Long, CompletableFuture<AppendEntriesReplyProto>> waiting = new ConcurrentHashMap<>();
    private final StreamObserver<AppendEntriesRequestProto> appends;

    FakeLeader(String name, RaftServer.Division to, long term) {
        this.to = to;
        this.name = RaftGroupMemberId.valueOf(RaftPeerId.valueOf(name), to.getGroup().getGroupId());
        this.term = term;
        channel = NettyChannelBuilder.forTarget(
                        Objects.requireNonNull(to.getRaftConf().getPeer(to.getId())).getAddress())
                .usePlaintext()
                .build();
        stub = RaftServerProtocolServiceGrpc.newStub(channel);
        appends = stub.appendEntries(new StreamObserver<>() {
            @Override
            public void onNext(AppendEntriesReplyProto reply) {
                var answer = waiting.remove(reply.getServerReply().getCallId());
                if (answer != null) answer.complete(reply);
            }

            @Override
            public void onError(Throwable error) {
                waiting.values().forEach(answer -> answer.completeExceptionally(error));
            }

            @Override
            public void onCompleted() {
                onError(new IllegalStateException("the replica ended the stream"));
            }
        });
    }

    /// Entries that stand for nothing, of these terms.
    CompletableFuture<AppendEntriesReplyProto> append(TermIndex previous, long... terms) {
        return append(
                previous,
                IntStream.range(0, terms.length)
                        .mapToObj(i -> LogEntryProto.newBuilder()
                                .setTerm(terms[i])
                                .setIndex(previous.getIndex() + 1 + i)
                                .setMetadataEntry(MetadataProto.newBuilder().setCommitIndex(0))
                                .build())
                        .toList());
    }

    CompletableFuture<AppendEntriesReplyProto> append(TermIndex previous, List<LogEntryProto> entries) {
        return append(previous, entries, 0);
    }

    CompletableFuture<AppendEntriesReplyProto> append(TermIndex previous, List<LogEntryProto> entries, long commit) {
        var answer = new CompletableFuture<AppendEntriesReplyProto>();
        var head = head();
        waiting.put(head.getCallId(), answer);
        appends.onNext(AppendEntriesRequestProto.newBuilder()
                .setServerRequest(head)
                .setLeaderTerm(term)
                .setPreviousLog(previous.toProto())
                .setLeaderCommit(commit)
                .addAllEntries(entries)
                .build());
        return answer;
    }

    CompletableFuture<InstallSnapshotReplyProto> install(List<InstallSnapshotRequestProto> requests) {
        var answer = new CompletableFuture<InstallSnapshotReplyProto>();
        var messages = stub.installSnapshot(new StreamObserver<>() {
            private int seen;

            @Override
            public void onNext(InstallSnapshotReplyProto reply) {
                if (++seen == requests.size()) answer.complete(reply);
            }

            @Override
            public void onError(Throwable error) {
                answer.completeExceptionally(error);
            }

            @Override
            public void onCompleted() {
                // All answers have come by then.
            }
        });
        for (var request : requests)
            messages.onNext(request.toBuilder().setServerRequest(head()).setLeaderTerm(term).build());
        return answer;
    }

    /// @return whether it gives its vote
    CompletableFuture<Boolean> askForVote(TermIndex myLast) {
        var answer = new CompletableFuture<RequestVoteReplyProto>();
        var request = RequestVoteRequestProto.newBuilder()
                .setServerRequest(head())
                .setCandidateTerm(term)
                .setCandidateLastEntry(myLast.toProto())
                .setPreVote(false)
                .build();
        stub.requestVote(request, new StreamObserver<>() {
            @Override
            public void onNext(RequestVoteReplyProto reply) {
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
        return answer.thenApply(reply -> reply.getServerReply().getSuccess());
    }

    private RaftRpcRequestProto head() {
        return ClientProtoUtils.toRaftRpcRequestProtoBuilder(name, to.getId()).setCallId(calls.incrementAndGet()).build();
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
