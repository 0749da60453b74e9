package io.engram.client;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/// One node as this client reaches it: a channel, and what is known of its health. State is guarded by [Nodes].
final class NodeLink {
    private static final Pattern ENDPOINT = Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.%]{2,64}\\]):([0-9]{1,5})");
    /// A failed node is asked last for this long, doubled with each further failure.
    private static final Duration FIRST_SUSPICION = Duration.ofMillis(250);
    /// A node that comes back is used again after at most this.
    private static final Duration LONGEST_SUSPICION = Duration.ofSeconds(4);

    private final String endpoint;
    private final ManagedChannel channel;
    private final boolean configured;
    private Optional<String> name = Optional.empty();
    private int failures;
    private long suspectedUntil;

    /// @param configured named by the application, as opposed to learned
    NodeLink(String endpoint, ManagedChannel channel, boolean configured) {
        this.endpoint = endpoint;
        this.channel = channel;
        this.configured = configured;
    }

    static String checkEndpoint(String hostPort) {
        var matcher = ENDPOINT.matcher(hostPort);
        if (!matcher.matches() || Integer.parseInt(matcher.group(2)) < 1 || Integer.parseInt(matcher.group(2)) > 65535)
            throw new IllegalArgumentException("endpoint must be host:port, was '" + hostPort + "'");
        return hostPort;
    }

    String endpoint() {
        return endpoint;
    }

    boolean configured() {
        return configured;
    }

    Optional<String> name() {
        return name;
    }

    void named(String name) {
        this.name = Optional.of(name);
    }

    boolean suspected(long now) {
        return failures > 0 && suspectedUntil - now > 0;
    }

    long suspectedUntil() {
        return failures == 0 ? Long.MIN_VALUE : suspectedUntil;
    }

    void failed(long now) {
        long suspicion = FIRST_SUSPICION.toNanos() << Math.min(failures, 4);
        suspectedUntil = now + Math.min(suspicion, LONGEST_SUSPICION.toNanos());
        failures++;
    }

    void answered() {
        failures = 0;
    }

    /// The channel, about to be used. gRPC waits up to two minutes before it tries a lost node again; we have our own
    /// suspicion, and when we choose a node we mean it.
    ManagedChannel channel() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) channel.resetConnectBackoff();
        return channel;
    }

    ManagedChannel closing() {
        return channel;
    }

    @Override
    public String toString() {
        return name.map(n -> n + "@" + endpoint).orElse(endpoint);
    }
}
