package io.engram.client;

import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.GetStatusRequest;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/// Learns who the members are, by what names, and who leads which shard: soon after the start, now and then, and
/// soon after a node failed. A hint for choosing nodes; nothing depends on it.
final class Discovery {
    /// A client that makes one call and ends should not ask for more than that.
    private static final Duration FIRST = Duration.ofMillis(300);
    private static final Duration EVERY = Duration.ofSeconds(30);
    private static final Duration AFTER_FAILURE = Duration.ofSeconds(1);
    private static final Duration DEADLINE = Duration.ofSeconds(3);

    private final Nodes nodes;
    private final Leaders leaders;
    private final ScheduledExecutorService timer;
    private final AtomicBoolean soon = new AtomicBoolean();

    Discovery(Nodes nodes, Leaders leaders, ScheduledExecutorService timer) {
        this.nodes = nodes;
        this.leaders = leaders;
        this.timer = timer;
    }

    void start() {
        var unused = timer.scheduleWithFixedDelay(this::ask, FIRST.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    /// Asks again in a moment, once for many failures.
    void nodeFailed() {
        if (timer.isShutdown() || !soon.compareAndSet(false, true)) return;
        try {
            var unused = timer.schedule(this::askAgain, AFTER_FAILURE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.RejectedExecutionException closing) {
            soon.set(false);
        }
    }

    private void askAgain() {
        soon.set(false);
        ask();
    }

    /// Names first: a member must not be dialled twice, as the application calls it and as the members do.
    private void ask() {
        boolean allNamed = true;
        for (NodeLink link : nodes.all()) {
            if (link.name().isPresent() || !link.configured()) continue;
            allNamed = false;
            var unused = Attempt.make(link, ClusterServiceGrpc.getGetStatusMethod(), GetStatusRequest.newBuilder().setLocalOnly(true).build(), DEADLINE)
                    .thenAccept(local -> {
                        if (!local.getNode().isEmpty()) nodes.named(link, local.getNode());
                        askAll(link);
                    });
        }
        if (allNamed) askAll(nodes.choose(java.util.Optional.empty(), java.util.List.of()));
    }

    private void askAll(NodeLink link) {
        var unused = Attempt.make(link, ClusterServiceGrpc.getGetStatusMethod(), GetStatusRequest.getDefaultInstance(), DEADLINE)
                .thenAccept(wire -> {
                    ClusterStatus status = WireStatus.status(wire);
                    leaders.told(status);
                    nodes.members(status.members());
                });
    }
}
