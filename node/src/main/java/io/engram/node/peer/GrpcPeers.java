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
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Asks other nodes over gRPC: one connection to each, opened at the first question. A question to a node that cannot be reached fails at once and does not wait
/// for a connection, nor long for a peer that has fallen silent. Safe for use by many threads.
public final class GrpcPeers implements Peers, AutoCloseable {
    private final String cluster;
    private static final Logger LOG = LoggerFactory.getLogger(GrpcPeers.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);

    private final Map<NodeId, PeerChannel> channels = new HashMap<>();
    private final ScheduledExecutorService watch =
            Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("peer-watch").daemon().factory());

    /// @param others all members but this node
    /// @param maxMessageBytes of a question or an answer
    public GrpcPeers(Credentials credentials, Map<NodeId, InetSocketAddress> others, int maxMessageBytes) {
        this.cluster = credentials.cluster();
        others.forEach((node, address) -> channels.put(node, new PeerChannel(node, address, credentials, maxMessageBytes)));
        var _ = watch.scheduleWithFixedDelay(this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        for (PeerChannel channel : channels.values()) {
            try {
                channel.look();
            } catch (RuntimeException e) {
                // Whoever looks must not end of it.
                LOG.warn("looking at a peer failed, will look again", e);
            }
        }
    }

    @Override
    public CompletableFuture<byte[]> ask(NodeId to, byte[] what, Deadline deadline) {
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
        long patience = channel.patience(Duration.ofNanos(left)).toNanos();
        ListenableFuture<AskResponse> call = stub.withDeadlineAfter(patience, TimeUnit.NANOSECONDS)
                .ask(AskRequest.newBuilder()
                        .setCluster(cluster)
                        .setQuestion(UnsafeByteOperations.unsafeWrap(what))
                        .build());
        PeerPulse.Open question = channel.sent(call);
        Futures.addCallback(call, new FutureCallback<>() {
            @Override
            public void onSuccess(@Nullable AskResponse response) {
                channel.leave(question, Status.OK);
                answer.complete(Objects.requireNonNull(response).getAnswer().toByteArray());
            }

            @Override
            public void onFailure(Throwable failure) {
                Status status = failure instanceof CancellationException
                        ? Status.UNAVAILABLE.withDescription("the peer gives no sign of life")
                        : Status.fromThrowable(failure);
                channel.leave(question, status);
                answer.completeExceptionally(failure instanceof StatusRuntimeException || failure instanceof CancellationException
                        ? status.augmentDescription("asking '" + to + "'").asRuntimeException()
                        : failure);
            }
        }, MoreExecutors.directExecutor());
        return answer;
    }

    @Override
    public void close() {
        watch.shutdownNow();
        channels.values().forEach(PeerChannel::close);
    }
}
