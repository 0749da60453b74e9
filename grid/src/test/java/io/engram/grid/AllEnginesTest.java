package io.engram.grid;

import static io.engram.grid.Samples.LINEARIZABLE;
import static io.engram.grid.Samples.createSpace;
import static io.engram.grid.Samples.deadline;
import static io.engram.grid.Samples.key;
import static io.engram.grid.Samples.newName;
import static io.engram.grid.Samples.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.memory.View;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Ratis, Hazelcast and Ignite in one process, three times.
class AllEnginesTest {
    @Test
    void come_up_together_and_status_tells_of_each(@TempDir Path folder) {
        try (LocalCluster cluster = LocalCluster.start(folder, 3, 2, true)) {
            var space = newName();
            createSpace(cluster.any(), space);
            put(cluster.any(), space, "k", "v");
            await().atMost(LocalCluster.PATIENCE.multipliedBy(2)).untilAsserted(() -> {
                ClusterStatus status = cluster.any().status(false, false, deadline());
                assertThat(status.members()).hasSize(3).allSatisfy(member -> {
                    assertThat(member.reachable()).isTrue();
                    assertThat(member.complaints()).isEmpty();
                    assertThat(member.health()).isEqualTo(ClusterStatus.Health.HEALTHY);
                    assertThat(member.engines()).extracting(e -> e.name() + " " + e.state())
                            .containsExactly("log up", "hot up", "cold up");
                    assertThat(member.replicas()).hasSize(2).allMatch(replica -> replica.lifeCycle().equals("RUNNING"));
                    assertThat(member.dataBytes()).isPositive();
                    assertThat(member.residentBytes()).isPositive();
                });
                assertThat(status.members().stream().flatMap(m -> m.replicas().stream()))
                        .filteredOn(replica -> replica.role() == ReplicaView.Role.LEADER)
                        .hasSize(2);
            });
            for (Grid grid : cluster.grids())
                assertThat(grid.memories().get(space, key("k"), View.FULL, LINEARIZABLE, deadline()).value()).isPresent();

            cluster.close(cluster.nodes().getLast());
            var left = cluster.any().status(false, false, LocalCluster.in(Duration.ofSeconds(3)));
            assertThat(left.members().getLast().reachable()).isFalse();
            assertThat(left.members().getLast().complaints()).anyMatch(complaint -> complaint.startsWith("unreachable"));
        }
    }
}
