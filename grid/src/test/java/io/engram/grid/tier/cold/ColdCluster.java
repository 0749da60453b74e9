package io.engram.grid.tier.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.tier.Loopback;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.apache.ignite.IgniteCache;
import org.jspecify.annotations.Nullable;

/// Nodes of one cluster in this process, stopped and started one by one.
final class ColdCluster implements AutoCloseable {
    static final Duration LONG = Duration.ofSeconds(90);
    static final Duration GENEROUS = Duration.ofSeconds(30);

    private final Loopback loopback;
    private final List<@Nullable IgniteColdTier> nodes;

    ColdCluster(int nodes, int backups, Path folder) {
        loopback = new Loopback(nodes, folder).cold(backups);
        this.nodes = new ArrayList<>(Collections.nCopies(nodes, null));
    }

    Loopback loopback() {
        return loopback;
    }

    IgniteColdTier node(int rank) {
        return Objects.requireNonNull(nodes.get(rank));
    }

    void start(int... ranks) {
        for (int rank : ranks) nodes.set(rank, (IgniteColdTier) IgniteColdTier.open(loopback.node(rank)));
    }

    void stop(int... ranks) {
        for (int rank : ranks) {
            node(rank).close();
            nodes.set(rank, null);
        }
    }

    void awaitState(String state, int members, int... ranks) {
        await().atMost(LONG).untilAsserted(() -> assertThat(Arrays.stream(ranks).mapToObj(rank -> node(rank).health()))
                .as("nodes %s", Arrays.toString(ranks))
                .allMatch(health -> health.state().equals(state) && health.members() == members));
    }

    /// The node must not say that it is up while some blobs are lost.
    void awaitUpWithNothingLost(int rank) {
        await().atMost(LONG).pollInterval(Duration.ofMillis(5)).pollDelay(Duration.ZERO).until(() -> {
            // In this order: what was lost may come back meanwhile, but is not lost again.
            boolean up = node(rank).health().state().equals("up");
            IgniteCache<String, byte[]> cache = node(rank).cache();
            if (up) assertThat(Objects.requireNonNull(cache).lostPartitions()).as("lost, yet node %d is up", rank).isEmpty();
            return up;
        });
    }

    void put(int rank, String name) {
        node(rank).put(name, content(name), GENEROUS);
    }

    void assertHas(int rank, String name) {
        assertThat(node(rank).get(name, GENEROUS)).as(name).hasValueSatisfying(blob -> assertThat(blob).isEqualTo(content(name)));
    }

    /// Bytes that follow from the name.
    static byte[] content(String name) {
        byte[] bytes = new byte[50_000];
        new Random(name.hashCode()).nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() {
        List<Thread> closing = new ArrayList<>();
        for (IgniteColdTier node : nodes) if (node != null) closing.add(Thread.ofVirtual().start(node::close));
        for (Thread each : closing) {
            try {
                each.join(LONG);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
