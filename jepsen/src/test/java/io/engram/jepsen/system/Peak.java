package io.engram.jepsen.system;

import io.engram.jepsen.cluster.LocalNode;
import java.time.Duration;
import java.util.List;

/// Looks at a metric of some nodes again and again, and keeps the largest value it has seen.
final class Peak implements AutoCloseable {
    private static final Duration BETWEEN = Duration.ofMillis(100);

    private final Thread looking;
    private volatile double most;

    private Peak(String metric, List<LocalNode> nodes) {
        looking = Thread.ofVirtual().name("peak-" + metric).start(() -> {
            try {
                while (!Thread.currentThread().isInterrupted()) {
                    for (LocalNode node : nodes) most = Math.max(most, node.metric(metric).orElse(0));
                    Thread.sleep(BETWEEN);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    static Peak of(String metric, List<LocalNode> nodes) {
        return new Peak(metric, nodes);
    }

    double bytes() {
        return most;
    }

    @Override
    public void close() {
        looking.interrupt();
    }
}
