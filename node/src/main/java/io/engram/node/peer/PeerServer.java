package io.engram.node.peer;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.engram.grid.cluster.Peers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.peer.v1.AskRequest;
import io.engram.peer.v1.AskResponse;
import io.engram.peer.v1.LiveRequest;
import io.engram.peer.v1.LiveResponse;
import io.engram.peer.v1.PeerServiceGrpc;
import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerInterceptors;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers other nodes' questions. Questions of another cluster, or without its secret, are refused; so are more at once than `MAX_AT_WORK`.
public final class PeerServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PeerServer.class);
    /// Questions are small or hold at most one log entry's commands; a node that is this far behind does better to say so.
    private static final int MAX_AT_WORK = 4096;
    /// For a question that brings no deadline, which none of ours does.
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final Server server;

    private PeerServer(Server server) {
        this.server = server;
    }

    /// Listens when it returns.
    ///
    /// @param maxMessageBytes of a question or an answer
    public static PeerServer serve(
            InetSocketAddress address, Credentials credentials, int maxMessageBytes, Peers.Answering answering) throws IOException {
        Server server = NettyServerBuilder.forAddress(address)
                // Answering must not block, and the direct executor costs a fifth of a pool's CPU time.
                .directExecutor()
                .addService(ServerInterceptors.intercept(new Desk(credentials.cluster(), answering), new Gate(credentials)))
                .maxInboundMessageSize(maxMessageBytes)
                // A peer that was cut off is noticed, and its calls are dropped.
                .keepAliveTime(1, TimeUnit.SECONDS)
                .keepAliveTimeout(2, TimeUnit.SECONDS)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true)
                .build()
                .start();
        return new PeerServer(server);
    }

    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        server.shutdownNow();
        try {
            server.awaitTermination(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private record Gate(Credentials credentials) implements ServerInterceptor {
        @Override
        public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
            if (credentials.admit(headers)) return next.startCall(call, headers);
            LOG.debug("peer refused reason=secret");
            call.close(Status.UNAUTHENTICATED.withDescription("the peer must show this cluster's secret"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
    }

    private static final class Desk extends PeerServiceGrpc.PeerServiceImplBase {
        private final String cluster;
        private final Peers.Answering answering;
        private final Semaphore places = new Semaphore(MAX_AT_WORK);

        Desk(String cluster, Peers.Answering answering) {
            this.cluster = cluster;
            this.answering = answering;
        }

        @Override
        public void ask(AskRequest request, StreamObserver<AskResponse> observer) {
            if (!request.getCluster().equals(cluster)) {
                observer.onError(Status.PERMISSION_DENIED
                        .withDescription("this node belongs to cluster '" + cluster + "', not to '" + request.getCluster() + "'")
                        .asRuntimeException());
                return;
            }
            if (!places.tryAcquire()) {
                observer.onError(Status.RESOURCE_EXHAUSTED.withDescription("too many questions at work").asRuntimeException());
                return;
            }
            io.grpc.Deadline asked = Context.current().getDeadline();
            Duration left = asked == null ? LONGEST : Duration.ofNanos(Math.max(0, asked.timeRemaining(TimeUnit.NANOSECONDS)));
            try {
                var _ = answering.answer(request.getQuestion().toByteArray(), Deadline.after(left, MonotonicClock.SYSTEM))
                        .whenComplete((answer, failure) -> {
                            places.release();
                            if (failure == null) reply(observer, UnsafeByteOperations.unsafeWrap(answer));
                            else fail(observer, failure);
                        });
            } catch (RuntimeException e) {
                places.release();
                fail(observer, e);
            }
        }

        @Override
        public void live(LiveRequest request, StreamObserver<LiveResponse> observer) {
            observer.onNext(LiveResponse.getDefaultInstance());
            observer.onCompleted();
        }

        private static void reply(StreamObserver<AskResponse> observer, ByteString answer) {
            observer.onNext(AskResponse.newBuilder().setAnswer(answer).build());
            observer.onCompleted();
        }

        private static void fail(StreamObserver<AskResponse> observer, Throwable failure) {
            LOG.warn("answering a peer failed", failure);
            observer.onError(Status.INTERNAL.withDescription(failure.toString()).asRuntimeException());
        }
    }
}
