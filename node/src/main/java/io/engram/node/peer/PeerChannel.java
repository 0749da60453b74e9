package io.engram.node.peer;

import io.engram.grid.log.NodeId;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The connection to one peer, and what gRPC's own settings leave open: a cut is found, and a peer that is back is reached, within a second or two.
final class PeerChannel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerChannel.class);
    private static final int MAX_OPEN = 4096;
    /// gRPC clients ping every 10 s at most. Questions are asked several times a second, though: when none was answered for this long and
    /// some ran into their deadlines, the connection is given up.
    private static final Duration SILENCE = Duration.ofMillis(1_500);
    /// gRPC waits longer and longer, up to two minutes, between attempts to connect.
    private static final Duration RECONNECT = Duration.ofMillis(500);

    private final NodeId peer;
    private final ManagedChannel channel;
    private final PeerServiceGrpc.PeerServiceFutureStub stub;
    private final Semaphore places = new Semaphore(MAX_OPEN);
    private final AtomicLong lastAnswer = new AtomicLong(System.nanoTime());
    private final AtomicLong lastReconnect = new AtomicLong(System.nanoTime());

    PeerChannel(NodeId peer, InetSocketAddress address, Credentials credentials, int maxMessageBytes) {
        this.peer = peer;
        this.channel = NettyChannelBuilder.forAddress(address.getHostString(), address.getPort())
                .usePlaintext()
                // Callers' continuations do not block; see Peers.Answering.
                .directExecutor()
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
                // Also sets TCP_USER_TIMEOUT, by which the kernel finds a cut within this time when something was sent.
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(SILENCE.toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveWithoutCalls(true)
                .maxInboundMessageSize(maxMessageBytes)
                .disableRetry()
                .build();
        this.stub = PeerServiceGrpc.newFutureStub(channel)
                .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(credentials.headers()));
    }

    PeerServiceGrpc.PeerServiceFutureStub stub() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE && due(lastReconnect, RECONNECT))
            channel.resetConnectBackoff();
        return stub;
    }

    boolean enter() {
        return places.tryAcquire();
    }

    /// @param end how the question ended
    void leave(Status end) {
        places.release();
        switch (end.getCode()) {
            case DEADLINE_EXCEEDED -> {
                if (due(lastAnswer, SILENCE)) {
                    LOG.info("peer silent peer={} action=reconnect", peer);
                    channel.enterIdle();
                }
            }
            // The connection is known to be broken, which is no silence.
            case UNAVAILABLE, CANCELLED -> {}
            default -> lastAnswer.set(System.nanoTime());
        }
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
