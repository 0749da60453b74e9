package io.engram.client;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;

/// The ingest sessions that are open, so that closing the client closes them.
final class Sessions implements SessionOpening {
    private final Nodes nodes;
    private final Threads threads;
    private final RetryPolicy retry;
    private final Pulse pulse;
    private final Runnable nodeFailed;
    private final Duration openTimeout;
    private final Set<ObserveSession> open = ConcurrentHashMap.newKeySet();

    Sessions(Nodes nodes, Threads threads, RetryPolicy retry, Pulse pulse, Runnable nodeFailed, Duration openTimeout) {
        this.nodes = nodes;
        this.threads = threads;
        this.retry = retry;
        this.pulse = pulse;
        this.nodeFailed = nodeFailed;
        this.openTimeout = openTimeout;
    }

    @Override
    public ObserveSession open(String space, String sessionId, ObserveOptions options, Optional<CausalSession> causal) {
        if (sessionId.isEmpty() || sessionId.length() > 128 || !sessionId.chars().allMatch(c -> c > 32 && c < 127))
            throw new IllegalArgumentException("session id must be 1..128 printable ASCII characters without spaces, was '" + sessionId + "'");
        ObserveSession session = new ObserveSession(new ObserveSession.Named(space, sessionId), options, threads, causal, open::remove);
        open.add(session);
        try {
            session.open(connected -> new SessionConnection(nodes, threads, retry, pulse, nodeFailed, connected), openTimeout);
        } catch (RejectedExecutionException closing) {
            open.remove(session);
            throw Closed.exception();
        }
        return session;
    }

    void close(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (ObserveSession session : open) {
            var unused = session.close(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
        }
    }
}
