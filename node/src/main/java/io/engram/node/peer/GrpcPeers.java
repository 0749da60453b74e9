package io.engram.node.peer;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.UnsafeByteOperations;
import io.engram.grid.cluster.Peers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.peer.v1.AskRequest;
import io.engram.peer.v1.AskResponse;
import io.engram.peer.v1.PeerServiceGrpc;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Asks other nodes over gRPC: one connection to each, opened at the first question. A question to a node that cannot be reached fails at once and does not wait
/// for a connection. Safe for use by many threads.
public final class GrpcPeers implements Peers, AutoCloseable {
    private final String cluster;
    private final Map<NodeId, PeerChannel> channels = new HashMap<>();

    /// @param others all members but this node
    /// @param maxMessageBytes of a question or an answer
    public GrpcPeers(Credentials credentials, Map<NodeId, InetSocketAddress> others, int maxMessageBytes) {
        this.cluster = credentials.cluster();
        others.forEach((node, address) -> channels.put(node, new PeerChannel(node, address, credentials, maxMessageBytes)));
    }

    @Override
    public CompletableFuture<byte[]> ask(NodeId to, byte[] question, Deadline deadline) {
        PeerChannel channel = channels.get(to);
        if (channel == null) return CompletableFuture.failedFuture(new IllegalArgumentException("'" + to + "' is no other member"));
        long left = deadline.left(MonotonicClock.SYSTEM).toNanos();
        if (left <= 0)
            return CompletableFuture.failedFuture(
                    Status.DEADLINE_EXCEEDED.withDescription("the deadline had passed before '" + to + "' was asked").asRuntimeException());
        PeerServiceGrpc.PeerServiceFutureStub stub = channel.stub();
        if (!channel.enter())
            return CompletableFuture.failedFuture(
                    Status.RESOURCE_EXHAUSTED.withDescription("too many questions to '" + to + "' are open").asRuntimeException());
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        ListenableFuture<AskResponse> call = stub.withDeadlineAfter(left, TimeUnit.NANOSECONDS)
                .ask(AskRequest.newBuilder()
                        .setCluster(cluster)
                        .setQuestion(UnsafeByteOperations.unsafeWrap(question))
                        .build());
        Futures.addCallback(call, new FutureCallback<>() {
            @Override
            public void onSuccess(@Nullable AskResponse response) {
                channel.leave(Status.OK);
                answer.complete(Objects.requireNonNull(response).getAnswer().toByteArray());
            }

            @Override
            public void onFailure(Throwable failure) {
                Status status = Status.fromThrowable(failure);
                channel.leave(status);
                answer.completeExceptionally(failure instanceof StatusRuntimeException
                        ? status.augmentDescription("asking '" + to + "'").asRuntimeException()
                        : failure);
            }
        }, MoreExecutors.directExecutor());
        return answer;
    }

    @Override
    public void close() {
        channels.values().forEach(PeerChannel::close);
    }
}
