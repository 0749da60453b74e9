package io.engram.client;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ChannelCredentials;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// Makes the channel to a node. Retries are ours alone: gRPC's own are off.
final class Dialer {
    private static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    /// Finds a peer that vanished under a stream; seldom enough for servers with common limits on pings.
    private static final long KEEPALIVE_SECONDS = 30;
    private static final long KEEPALIVE_TIMEOUT_SECONDS = 5;
    private static final long IDLE_MINUTES = 10;

    private final EngramBuilder wanted;
    private final ChannelCredentials credentials;

    Dialer(EngramBuilder wanted) {
        this.wanted = wanted;
        this.credentials = wanted.tls.credentials();
    }

    ManagedChannel dial(String endpoint, Executor executor) {
        var channel = Grpc.newChannelBuilder(endpoint, credentials)
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
