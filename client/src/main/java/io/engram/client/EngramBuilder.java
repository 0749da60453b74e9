package io.engram.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/// How to connect. For one thread.
public final class EngramBuilder {
    /// As the node caps it.
    static final Duration DEFAULT_DEADLINE = Duration.ofSeconds(5);
    static final Duration LONGEST_DEADLINE = Duration.ofHours(1);
    static final Duration DEFAULT_CLOSE = Duration.ofSeconds(5);
    /// Enough for a page of 1,000 memories with text and vector at ordinary sizes.
    static final int DEFAULT_MESSAGE_BYTES = 64 << 20;

    final Set<String> endpoints = new LinkedHashSet<>();
    Tls tls = Tls.plaintext();
    Optional<Supplier<String>> token = Optional.empty();
    Duration deadline = DEFAULT_DEADLINE;
    Duration closeTimeout = DEFAULT_CLOSE;
    RetryPolicy retry = RetryPolicy.standard();
    String userAgent = "engram-java";
    boolean discoverMembers = true;
    int maxCallsInFlight = 1024;
    Optional<CausalSession> session = Optional.empty();
    LongSupplier nanoTime = System::nanoTime;

    EngramBuilder() {}

    /// @param hostPorts `host:port`, several separated by commas
    public EngramBuilder endpoints(String hostPorts) {
        return endpoints(List.of(hostPorts.split(",", -1)));
    }

    public EngramBuilder endpoints(List<String> hostPorts) {
        List<String> good = new ArrayList<>();
        for (String hostPort : hostPorts) good.add(NodeLink.checkEndpoint(hostPort.strip()));
        endpoints.addAll(good);
        return this;
    }

    /// Default: plaintext.
    public EngramBuilder tls(Tls tls) {
        this.tls = tls;
        return this;
    }

    public EngramBuilder bearerToken(String token) {
        return bearerToken(() -> token);
    }

    /// @param token asked for each call, so that it may change; must not block
    public EngramBuilder bearerToken(Supplier<String> token) {
        this.token = Optional.of(token);
        return this;
    }

    /// For each call that names none, retries included. Default: 5 s.
    public EngramBuilder deadline(Duration deadline) {
        checkDeadline(deadline);
        this.deadline = deadline;
        return this;
    }

    /// How long [Engram#close()] waits for calls under way. Default: 5 s.
    public EngramBuilder closeTimeout(Duration closeTimeout) {
        checkDeadline(closeTimeout);
        this.closeTimeout = closeTimeout;
        return this;
    }

    public EngramBuilder retry(RetryPolicy retry) {
        this.retry = retry;
        return this;
    }

    public EngramBuilder userAgent(String userAgent) {
        this.userAgent = userAgent;
        return this;
    }

    /// Whether to learn the other members from the cluster's status and use them too. Default: yes. Off: only the
    /// endpoints that were named are ever asked.
    public EngramBuilder discoverMembers(boolean discoverMembers) {
        this.discoverMembers = discoverMembers;
        return this;
    }

    /// Above this, blocking calls wait and asynchronous ones fail with `CLIENT_BUSY`. Default: 1,024.
    public EngramBuilder maxCallsInFlight(int maxCallsInFlight) {
        if (maxCallsInFlight < 1) throw new IllegalArgumentException("max calls in flight must be >= 1, was " + maxCallsInFlight);
        this.maxCallsInFlight = maxCallsInFlight;
        return this;
    }

    /// All spaces of this client belong to the session: each sees its own writes across nodes. Default: none.
    public EngramBuilder session(CausalSession session) {
        this.session = Optional.of(session);
        return this;
    }

    /// For tests: monotonic time in nanoseconds, by which proofs age and nodes are suspected.
    EngramBuilder nanoTime(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        return this;
    }

    /// Returns at once; connections are made when they are needed.
    public Engram connect() {
        if (endpoints.isEmpty()) throw new IllegalArgumentException("at least one endpoint (host:port) is needed");
        return new Engram(this);
    }

    static void checkDeadline(Duration deadline) {
        if (deadline.isNegative() || deadline.isZero() || deadline.compareTo(LONGEST_DEADLINE) > 0)
            throw new IllegalArgumentException("deadline must be > 0 and <= " + LONGEST_DEADLINE + ", was " + deadline);
    }
}
