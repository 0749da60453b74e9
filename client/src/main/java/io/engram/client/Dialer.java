package io.engram.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Makes the channel to a node. Retries are ours alone: gRPC's own are off.
final class Dialer {
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    /// Finds a peer that vanished under a stream. gRPC pings no more often than this; nodes allow twice as often.
    private static final long KEEPALIVE_SECONDS = 10;
    /// Also what gRPC sets as TCP_USER_TIMEOUT where the system has it: a connection that was cut is given up as soon as something that
    /// was sent into it has not been acknowledged for this long, and the next one is tried.
    private static final long KEEPALIVE_TIMEOUT_SECONDS = 2;
    /// Time for a lost packet to be sent again. A cut that is over is noticed as soon as somebody dials anew.
    private static final int CONNECT_TIMEOUT_MILLIS = 2_000;
    private static final long IDLE_MINUTES = 10;

    private final EngramBuilder wanted;
    private final ChannelCredentials credentials;

    Dialer(EngramBuilder wanted) {
        this.wanted = wanted;
        this.credentials = wanted.tls.credentials();
    }

    ManagedChannel dial(String endpoint, Executor executor) {
        var channel = NettyChannelBuilder.forTarget(endpoint, credentials)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_TIMEOUT_MILLIS)
                .executor(executor)
                .userAgent(wanted.userAgent)
                .keepAliveTime(KEEPALIVE_SECONDS, TimeUnit.SECONDS)
                .keepAliveTimeout(KEEPALIVE_TIMEOUT_SECONDS, TimeUnit.SECONDS)
                .idleTimeout(IDLE_MINUTES, TimeUnit.MINUTES)
                .maxInboundMessageSize(EngramBuilder.DEFAULT_MESSAGE_BYTES)
                .disableRetry();
        wanted.token.ifPresent(token -> channel.intercept(new Bearer(token)));
        return channel.build();
    }

    private record Bearer(Supplier<String> token) implements ClientInterceptor {
        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            return new ForwardingClientCall.SimpleForwardingClientCall<Q, R>(next.newCall(method, options)) {
                @Override
                public void start(Listener<R> listener, Metadata headers) {
                    headers.put(AUTHORIZATION, "Bearer " + token.get());
                    super.start(listener, headers);
                }
            };
        }
    }
}
