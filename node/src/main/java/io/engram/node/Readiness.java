package io.engram.node;

import io.engram.grid.Grid;
import io.engram.node.edge.http.HttpEdge;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether this node can serve, looked at twice a second, and told to the health service and to HTTP.
final class Readiness {
    private static final Logger LOG = LoggerFactory.getLogger(Readiness.class);
    private static final long EVERY_MILLIS = 500;

    private volatile HttpEdge.Readiness now = new HttpEdge.Readiness(false, List.of("starting"));

    HttpEdge.Readiness now() {
        return now;
    }

    /// Looks at once, and then until it is closed; then this node is not ready.
    AutoCloseable watch(Supplier<Grid.Health> health, Consumer<Boolean> healthy) {
        ScheduledExecutorService timer =
                Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().name("readiness").daemon().factory());
        look(health, healthy);
        var _ = timer.scheduleWithFixedDelay(() -> look(health, healthy), EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
        return () -> {
            timer.shutdownNow();
            boolean ended = timer.awaitTermination(2, TimeUnit.SECONDS);
            if (!ended) LOG.warn("readiness still looks");
            tell(new HttpEdge.Readiness(false, List.of("stopping")), healthy);
        };
    }

    private void look(Supplier<Grid.Health> health, Consumer<Boolean> healthy) {
        try {
            Grid.Health seen = health.get();
            tell(new HttpEdge.Readiness(seen.ready(), seen.complaints()), healthy);
        } catch (RuntimeException e) {
            LOG.warn("health cannot be told", e);
            tell(new HttpEdge.Readiness(false, List.of("health-unknown " + e)), healthy);
        }
    }

    private void tell(HttpEdge.Readiness next, Consumer<Boolean> healthy) {
        HttpEdge.Readiness before = now;
        now = next;
        healthy.accept(next.ready());
        if (!next.equals(before)) LOG.info("health ready={} complaints={}", next.ready(), next.reasons());
    }
}
