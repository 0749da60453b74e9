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
    /// As long as a new connection may take, also where the way is long.
    private static final Duration CONNECTS_WITHIN = Duration.ofSeconds(3);
    /// A node that comes back is used again after at most this.
    private static final Duration LONGEST_SUSPICION = Duration.ofSeconds(4);

    private final String endpoint;
    private final ManagedChannel channel;
    private final boolean configured;
    private Optional<String> name = Optional.empty();
    private int failures;
    private long suspectedUntil;
    private boolean silent;
    private boolean doubted;
    private Optional<Long> heardAt = Optional.empty();
    private Optional<Long> redialledAt = Optional.empty();

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
        return silent || (failures > 0 && suspectedUntil - now > 0);
    }

    long suspectedUntil() {
        if (silent) return Long.MAX_VALUE;
        return failures == 0 ? Long.MIN_VALUE : suspectedUntil;
    }

    boolean silent() {
        return silent;
    }

    /// Somebody is finding out whether the node is there.
    boolean doubted() {
        return doubted;
    }

    boolean heardSince(long moment) {
        return heardAt.isPresent() && heardAt.get() - moment >= 0;
    }

    void doubt(long until) {
        doubted = true;
        if (failures > 0 && suspectedUntil - until > 0) return;
        failures = Math.max(1, failures);
        suspectedUntil = until;
    }

    void fellSilent() {
        silent = true;
    }

    /// @return false: a new connection is being made, and has not had its time yet
    boolean worthRedialling(long now) {
        boolean connecting = !connected() && redialledAt.isPresent() && now - redialledAt.get() < CONNECTS_WITHIN.toNanos();
        if (!connecting) redialledAt = Optional.of(now);
        return !connecting;
    }

    /// Whoever was in doubt knows: it answered, or nobody is there to answer.
    void doubtEnded() {
        silent = false;
        doubted = false;
    }

    void failed(long now) {
        long suspicion = FIRST_SUSPICION.toNanos() << Math.min(failures, 4);
        suspectedUntil = now + Math.min(suspicion, LONGEST_SUSPICION.toNanos());
        failures++;
    }

    void answered(long now) {
        failures = 0;
        silent = false;
        heardAt = Optional.of(now);
    }

    /// The channel, about to be used. gRPC waits up to two minutes before it tries a lost node again; we have our own
    /// suspicion, and when we choose a node we mean it.
    ManagedChannel channel() {
        if (channel.getState(false) == ConnectivityState.TRANSIENT_FAILURE) channel.resetConnectBackoff();
        return channel;
    }

    boolean connected() {
        return channel.getState(false) == ConnectivityState.READY;
    }

    /// The next call makes a new connection; what is under way goes on in the old one.
    void redial() {
        channel.enterIdle();
    }

    ManagedChannel closing() {
        return channel;
    }

    @Override
    public String toString() {
        return name.map(n -> n + "@" + endpoint).orElse(endpoint);
    }
}
