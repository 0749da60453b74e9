package io.engram.node.peer;

import io.engram.node.config.Secret;
import io.grpc.Metadata;
import java.util.Optional;

/// By which nodes know that they belong together.
///
/// @param secret empty: the cluster's name is enough
public record Credentials(String cluster, Optional<Secret> secret) {
    static final Metadata.Key<String> SECRET = Metadata.Key.of("engram-cluster-secret", Metadata.ASCII_STRING_MARSHALLER);

    Metadata headers() {
        Metadata headers = new Metadata();
        secret.ifPresent(s -> headers.put(SECRET, s.reveal()));
        return headers;
    }

    boolean admit(Metadata headers) {
        String shown = headers.get(SECRET);
        return secret.isEmpty() || (shown != null && secret.get().matches(shown));
    }
}
