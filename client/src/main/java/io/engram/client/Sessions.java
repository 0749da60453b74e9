package io.engram.client;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/// The ingest sessions that are open, so that closing the client closes them.
@SuppressWarnings("UnusedVariable")
final class Sessions implements SessionOpening {
    private final Nodes nodes;
    private final Threads threads;
    private final RetryPolicy retry;
    private final Runnable nodeFailed;
    private final Set<ObserveSession> open = ConcurrentHashMap.newKeySet();

    Sessions(Nodes nodes, Threads threads, RetryPolicy retry, Runnable nodeFailed) {
        this.nodes = nodes;
        this.threads = threads;
        this.retry = retry;
        this.nodeFailed = nodeFailed;
    }

    @Override
    public ObserveSession open(String space, String sessionId, ObserveOptions options, Optional<CausalSession> session) {
        throw new UnsupportedOperationException("observe");
    }

    void close(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (ObserveSession session : open) session.close(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    }
}
