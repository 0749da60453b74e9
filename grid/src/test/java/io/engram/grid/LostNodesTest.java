package io.engram.grid;

import static io.engram.grid.Samples.LINEARIZABLE;
import static io.engram.grid.Samples.createSpace;
import static io.engram.grid.Samples.deadline;
import static io.engram.grid.Samples.newName;
import static io.engram.grid.Samples.observation;
import static io.engram.grid.Samples.put;
import static io.engram.grid.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.View;
import io.engram.grid.memory.WriteCondition;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Leaders that vanish, and all nodes stopped and started again.
class LostNodesTest {
    @Test
    void writes_go_on_without_a_leader_and_nothing_acknowledged_is_lost(@TempDir Path folder) {
        try (LocalCluster cluster = LocalCluster.start(folder, 3, 2)) {
            SpaceName space = newName();
            createSpace(cluster.any(), space);
            NodeId lost = cluster.settledLeader(ShardId.CATALOG);
            List<NodeId> rest = cluster.nodes().stream().filter(node -> !node.equals(lost)).toList();

            Map<String, Long> acknowledged = new ConcurrentHashMap<>();
            var stop = new AtomicBoolean();
            var counter = new AtomicInteger();
            var writers = rest.stream()
                    .map(node -> CompletableFuture.runAsync(
                            () -> {
                                while (!stop.get()) write(cluster.grid(node), space, "w-" + counter.incrementAndGet(), acknowledged);
                            },
                            task -> Thread.ofVirtual().start(task)))
                    .toList();
            await().atMost(LocalCluster.PATIENCE).until(() -> acknowledged.size() >= 50);
            // Without a word: first the network is gone, then the process.
            cluster.cutOff(lost);
            int before = acknowledged.size();
            await().atMost(LocalCluster.PATIENCE).until(() -> acknowledged.size() >= before + 50);
            cluster.close(lost);
            cluster.heal();
            int without = acknowledged.size();
            await().atMost(LocalCluster.PATIENCE).until(() -> acknowledged.size() >= without + 50);
            stop.set(true);
            writers.forEach(CompletableFuture::join);

            cluster.open(List.of(lost));
            for (Grid grid : cluster.grids()) assertHolds(grid, space, acknowledged);

            cluster.closeAll();
            cluster.openAll();
            for (Grid grid : cluster.grids()) assertHolds(grid, space, acknowledged);
            assertThat(put(cluster.any(), space, "after", "restart").version())
                    .isGreaterThan(0);
        }
    }

    /// As a client would: the same request again until it is acknowledged.
    private static void write(Grid grid, SpaceName space, String key, Map<String, Long> acknowledged) {
        RequestId request = request();
        var observation = observation(key, "text of " + key);
        for (int attempt = 0; attempt < 10; attempt++) {
            try {
                var written = grid.memories().put(space, observation, new WriteCondition.None(), request, LocalCluster.in(Duration.ofSeconds(5)));
                acknowledged.put(key, written.version());
                return;
            } catch (RefusedException e) {
                assertThat(e.reason()).isIn(Reason.OUTCOME_UNKNOWN, Reason.NO_LEADER);
            }
        }
        throw new AssertionError("not written in ten attempts: " + key);
    }

    private static void assertHolds(Grid grid, SpaceName space, Map<String, Long> acknowledged) {
        var keys = acknowledged.keySet().stream().sorted().map(Samples::key).toList();
        for (int i = 0; i < keys.size(); i += 500) {
            var part = keys.subList(i, Math.min(keys.size(), i + 500));
            var found = grid.memories().get(space, part, View.WITHOUT_VECTOR, LINEARIZABLE, deadline()).value();
            assertThat(found).hasSameSizeAs(part).allSatisfy(memory -> {
                String key = memory.observation().key().value();
                assertThat(memory.observation().text()).isEqualTo("text of " + key);
                assertThat(memory.version()).isEqualTo(acknowledged.get(key));
            });
        }
    }
}
