package io.engram.node.peer;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.engram.grid.log.NodeId;
import io.engram.peer.v1.LiveRequest;
import io.engram.peer.v1.LiveResponse;
import io.engram.peer.v1.PeerServiceGrpc;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.stub.MetadataUtils;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The connection to one peer, and what gRPC's own settings leave open: silence is found within a second, and a peer that is back is reached soon.
final class PeerChannel implements AutoCloseable {
    private static final int MAX_OPEN = 4096;
    private static final Duration KEEP_ALIVE_TIMEOUT = Duration.ofMillis(1_500);
    /// gRPC waits longer and longer, up to two minutes, between attempts to connect.
    private static final Duration RECONNECT = Duration.ofMillis(500);

    private final ManagedChannel channel;
    private final PeerServiceGrpc.PeerServiceFutureStub stub;
    private final Semaphore places = new Semaphore(MAX_OPEN);
    private final PeerPulse pulse;
    private final AtomicLong lastReconnect = new AtomicLong(System.nanoTime());

    PeerChannel(NodeId peer, InetSocketAddress address, Credentials credentials, int maxMessageBytes) {
        this.channel = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort())
                .usePlaintext()
                // Callers' continuations do not block; see Peers.Answering.
                .directExecutor()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
                // Also sets TCP_USER_TIMEOUT, by which the kernel finds a cut within this time when something was sent.
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEP_ALIVE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveWithoutCalls(true)
                .maxInboundMessageSize(maxMessageBytes)
                .disableRetry()
                .build();
        this.stub = PeerServiceGrpc.newFutureStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credentials.headers()));
        this.pulse = new PeerPulse(peer, this::askForSign, channel::enterIdle);
    }

    PeerServiceGrpc.PeerServiceFutureStub stub() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE && due(lastReconnect, RECONNECT))
            channel.resetConnectBackoff();
        return stub;
    }

    /// How long to wait for an answer to a question that may take `limit`.
    Duration patience(Duration limit) {
        return pulse.patience(limit);
    }

    boolean enter() {
        return places.tryAcquire();
    }

    /// @param call of a question for which there was a place
    PeerPulse.Open sent(ListenableFuture<?> call) {
        return pulse.sent(call);
    }

    /// @param end how the question ended
    void leave(PeerPulse.Open question, Status end) {
        places.release();
        pulse.ended(question);
        switch (end.getCode()) {
            // Of the connection, or of our own making.
            case DEADLINE_EXCEEDED, UNAVAILABLE, CANCELLED -> {}
            default -> pulse.heard();
        }
    }

    void look() {
        pulse.look();
    }

    private void askForSign(PeerPulse of) {
        ListenableFuture<LiveResponse> sign =
                stub().withDeadlineAfter(PeerPulse.SIGN.toNanos(), TimeUnit.NANOSECONDS).live(LiveRequest.getDefaultInstance());
        Futures.addCallback(sign, new FutureCallback<>() {
            @Override
            public void onSuccess(@Nullable LiveResponse response) {
                of.heard();
            }

            @Override
            public void onFailure(Throwable failure) {
                switch (Status.fromThrowable(failure).getCode()) {
                    case DEADLINE_EXCEEDED -> of.nothingHeard();
                    case UNAVAILABLE, CANCELLED -> of.nothingLearned();
                    // An older node does not know the question; it has answered all the same.
                    default -> of.heard();
                }
            }
        }, MoreExecutors.directExecutor());
    }

    /// Whether it is `every` or longer since the last time; then now is the last time.
    private static boolean due(AtomicLong last, Duration every) {
        long then = last.get();
        long now = System.nanoTime();
        return now - then >= every.toNanos() && last.compareAndSet(then, now);
    }

    @Override
    public void close() {
        channel.shutdownNow();
    }
}
