package io.engram.client;

import io.grpc.ManagedChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// A connection to a cluster: the first thing an application makes, and the last it closes. For many threads; one for the
/// whole application is best.
public final class Engram implements AutoCloseable {
    private final Threads threads;
    private final Nodes nodes;
    private final Calls calls;
    private final Sessions sessions;
    private final Duration deadline;
    private final Duration closeTimeout;
    private final Optional<CausalSession> session;

    Engram(EngramBuilder wanted) {
        Dialer dialer = new Dialer(wanted);
        this.threads = Threads.start();
        this.nodes = new Nodes(wanted.endpoints, endpoint -> dialer.dial(endpoint, threads.work()), wanted.nanoTime);
        Leaders leaders = new Leaders();
        Discovery discovery = new Discovery(nodes, leaders, threads.timer());
        Runnable nodeFailed = wanted.discoverMembers ? discovery::nodeFailed : () -> {};
        Pulse pulse = new Pulse(nodes, threads.timer(), nodeFailed);
        this.calls = new Calls(
                nodes, leaders, wanted.retry, threads.timer(), wanted.maxCallsInFlight, wanted.nanoTime, pulse, nodeFailed);
        this.sessions = new Sessions(nodes, threads, wanted.retry, pulse, nodeFailed, wanted.deadline);
        this.deadline = wanted.deadline;
        this.closeTimeout = wanted.closeTimeout;
        this.session = wanted.session;
        if (wanted.discoverMembers) discovery.start();
    }

    /// @param endpoints `host:port` of one or more nodes, separated by commas; the others are found from there
    public static Engram connect(String endpoints) {
        return builder().endpoints(endpoints).connect();
    }

    public static EngramBuilder builder() {
        return new EngramBuilder();
    }

    public SpaceAdmin spaces() {
        return new SpaceAdmin(calls, deadline);
    }

    /// @param name of a space; whether it exists shows with the first call
    public MemorySpace space(String name) {
        return new MemorySpace(name, calls, sessions, deadline, session);
    }

    public Cluster cluster() {
        return new Cluster(calls, deadline);
    }

    /// A session that has seen nothing yet, for [MemorySpace#in(CausalSession)].
    public CausalSession session() {
        return CausalSession.fresh();
    }

    /// Ends what is under way, at the latest after the close timeout: open ingest sessions are closed first, calls get
    /// what is left. Whoever still waits is told: by a [CancelledException], of a write that may have been made by an [OutcomeUnknownException].
    @Override
    public void close() {
        long end = System.nanoTime() + closeTimeout.toNanos();
        sessions.close(closeTimeout);
        List<ManagedChannel> channels = nodes.close();
        channels.forEach(ManagedChannel::shutdown);
        boolean interrupted = false;
        for (ManagedChannel channel : channels) {
            try {
                if (!interrupted && channel.awaitTermination(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) continue;
            } catch (InterruptedException giveUp) {
                interrupted = true;
            }
            channel.shutdownNow();
        }
        // Calls that were cut off still have to be told, on our threads; this takes no time worth naming.
        for (ManagedChannel channel : channels) {
            try {
                if (!interrupted && !channel.awaitTermination(1, TimeUnit.SECONDS)) break;
            } catch (InterruptedException giveUp) {
                interrupted = true;
            }
        }
        calls.close();
        threads.close();
        if (interrupted) Thread.currentThread().interrupt();
    }
}
