package io.engram.grid.tier.cold;

import static io.engram.grid.tier.cold.ColdCluster.GENEROUS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.tier.Listening;
import io.engram.grid.tier.Loopback;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.apache.ignite.Ignition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/// With real Ignite nodes on loopback.
class IgniteColdTierTest {
    @TempDir(cleanup = CleanupMode.ALWAYS)
    Path folder;

    @Test
    void a_single_node_keeps_blobs_over_a_restart() {
        try (ColdCluster cluster = new ColdCluster(1, 0, folder)) {
            cluster.start(0);
            cluster.awaitState("up", 1, 0);
            var member = cluster.loopback().node(0).selfMember();
            assertThat(Listening.onPort(member.coldDiscoveryPort())).containsExactly(Loopback.HOST);
            assertThat(Listening.onPort(member.coldCommunicationPort())).containsExactly(Loopback.HOST);
            cluster.put(0, "0/1");
            cluster.assertHas(0, "0/1");
            byte[] large = new byte[ColdTier.MAX_BLOB_BYTES];
            large[7] = 7;
            cluster.node(0).put("0/large", large, GENEROUS);
            assertThat(cluster.node(0).get("0/none", GENEROUS)).isEmpty();
            assertThatThrownBy(() -> cluster.node(0).put("no such name", new byte[1], GENEROUS))
                    .isInstanceOf(IllegalArgumentException.class);
            cluster.stop(0);

            cluster.start(0);
            cluster.awaitState("up", 1, 0);
            cluster.assertHas(0, "0/1");
            assertThat(cluster.node(0).get("0/large", GENEROUS)).hasValueSatisfying(blob -> assertThat(blob).isEqualTo(large));
            // Damaged behind its back: named, never handed over.
            byte[] damaged = Blob.seal("0/1", new byte[100]);
            damaged[50] ^= 1;
            Objects.requireNonNull(cluster.node(0).cache()).put("0/1", damaged);
            assertThatThrownBy(() -> cluster.node(0).get("0/1", GENEROUS))
                    .isInstanceOf(ColdTierException.class)
                    .hasMessageContaining("0/1");
            cluster.put(0, "0/1");
            cluster.assertHas(0, "0/1");
        }
    }

    @Test
    void of_three_nodes_one_may_stop_and_come_back() {
        try (ColdCluster cluster = new ColdCluster(3, 1, folder)) {
            cluster.start(0, 1);
            // The first activation waits for everybody.
            cluster.awaitState("starting", 2, 0, 1);
            cluster.start(2);
            cluster.awaitState("up", 3, 0, 1, 2);
            for (int i = 0; i < 12; i++) cluster.put(i % 3, "0/" + i);
            for (int i = 0; i < 12; i++) cluster.assertHas((i + 1) % 3, "0/" + i);

            cluster.stop(2);
            cluster.awaitState("degraded", 2, 0, 1);
            for (int i = 0; i < 12; i++) cluster.assertHas(i % 2, "0/" + i);
            cluster.put(0, "0/12");

            cluster.stop(1);
            cluster.awaitState("degraded", 1, 0);
            assertThat(cluster.node(0).health().detail()).contains("cut off");
            assertThatThrownBy(() -> cluster.put(0, "0/13")).isInstanceOf(ColdTierException.class);

            cluster.start(1, 2);
            cluster.awaitUpWithNothingLost(0);
            cluster.awaitState("up", 3, 0, 1, 2);
            for (int i = 0; i < 13; i++) cluster.assertHas(2, "0/" + i);
            cluster.put(2, "0/13");
            cluster.assertHas(0, "0/13");
        }
    }

    @Test
    void calls_end_by_their_limit_when_there_is_no_engine() {
        try (ColdCluster cluster = new ColdCluster(2, 1, folder)) {
            cluster.start(0);
            assertThatThrownBy(() -> cluster.node(0).get("0/1", Duration.ofMillis(200))).isInstanceOf(ColdTierException.class);
            assertThat(cluster.node(0).health().state()).isEqualTo("starting");
        }
    }

    @Test
    void nothing_of_a_start_that_was_given_up_outlives_closing() {
        for (int moment = 0; moment < 12; moment++) {
            Path own = folder.resolve("given-up-" + moment);
            try (ColdCluster cluster = new ColdCluster(2, 1, own)) {
                cluster.start(0);
                LockSupport.parkNanos(moment * 40_000_000L); // closing meets another step of Ignite's start each time
                cluster.stop(0);
                assertThat(Thread.getAllStackTraces().keySet())
                        .as("threads after closing %d ms into a start", moment * 40)
                        .noneMatch(thread -> thread.getName().startsWith("cold-start-") || thread.getName().startsWith("cold-stop-"));
                assertThat(Ignition.allGrids()).isEmpty();
            }
        }
    }

    @Test
    @Tag("slow")
    void a_majority_starts_without_the_others_and_a_member_with_an_older_history_cannot_keep_them_out() {
        try (ColdCluster cluster = new ColdCluster(3, 2, folder)) {
            cluster.start(0, 1, 2);
            cluster.awaitState("up", 3, 0, 1, 2);
            cluster.put(0, "0/1");
            cluster.stop(2);
            cluster.stop(1);
            cluster.stop(0);

            cluster.start(0, 1);
            cluster.awaitState("degraded", 2, 0, 1);
            cluster.assertHas(1, "0/1");
            cluster.put(1, "0/2");
            cluster.stop(1);
            cluster.stop(0);

            // Node 2 does not know of that activation, and it is there first.
            cluster.start(2);
            cluster.awaitState("starting", 1, 2);
            cluster.start(0, 1);
            cluster.awaitState("up", 3, 0, 1, 2);
            cluster.assertHas(2, "0/1");
            cluster.assertHas(2, "0/2");
        }
    }
}
