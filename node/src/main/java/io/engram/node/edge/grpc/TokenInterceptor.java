package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.engram.node.config.Secret;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Lets calls through that show the token: `authorization: Bearer TOKEN`. Health checks need none.
///
/// @param token empty: everybody may call
record TokenInterceptor(Optional<Secret> token) implements ServerInterceptor {
    static final Metadata.Key<String> AUTHORIZATION = Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);
    private static final String SCHEME = "bearer ";

    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        if (token.isEmpty() || "grpc.health.v1.Health".equals(call.getMethodDescriptor().getServiceName()) || shows(headers.get(AUTHORIZATION)))
            return next.startCall(call, headers);
        StatusRuntimeException refused =
                Refusal.of(Reason.UNAUTHENTICATED, "the call must show this cluster's token").toException();
        call.close(refused.getStatus(), refused.getTrailers() == null ? new Metadata() : refused.getTrailers());
        return new ServerCall.Listener<>() {};
    }

    private boolean shows(@Nullable String header) {
        return header != null
                && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())
                && token.orElseThrow().matches(header.substring(SCHEME.length()));
    }
}
