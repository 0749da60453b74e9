package io.engram.jepsen.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.engram.client.AlreadyExistsException;
import io.engram.client.Engram;
import io.engram.client.EngramException;
import io.engram.client.Observation;
import io.engram.client.SpaceSettings;
import io.engram.client.Written;
import io.engram.jepsen.cluster.ContainerCluster;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every fault is injected into one running cluster, looked at from outside, and healed. The faults look themselves too: these tests see that
/// what they say is so.
@NeedsDocker
@ExtendWith(FaultsTest.Afterwards.class)
class FaultsTest {
    private static final Duration READY = Duration.ofMinutes(3);
    /// A test that failed may leave a cluster that does not come back; so often the next gets one of its own.
    private static final int MOST_CLUSTERS = 4;
    private static final Target N1 = new Target.Named(Set.of("n1"));
    private static final AtomicInteger IDS = new AtomicInteger();

    private static ContainerCluster cluster;
    private static Nemesis nemesis;
    private static int clusters;
    private static boolean failed;

    static final class Afterwards implements AfterTestExecutionCallback {
        @Override
        public void afterTestExecution(ExtensionContext context) {
            failed |= context.getExecutionException().isPresent();
        }
    }

    @BeforeAll
    static void start() {
        clusters++;
        long began = System.nanoTime();
        cluster = ContainerCluster.start(ContainerCluster.Layout.of(3));
        cluster.awaitReady(READY);
        long ready = System.nanoTime();
        nemesis = cluster.nemesis(42);
        // Something on the disks: enough entries for a snapshot of each shard. What is sent together shares an entry.
        try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).discoverMembers(false)
                .deadline(Duration.ofSeconds(30)).connect()) {
            await().atMost(Duration.ofMinutes(1)).ignoreExceptionsInstanceOf(EngramException.class).until(() -> create(engram));
            for (int round = 0; round < 55; round++) {
                List<CompletableFuture<Written>> written = new ArrayList<>();
                for (int i = 0; i < 8; i++)
                    written.add(engram.space("faults").putAsync(
                            Observation.builder("note").key("k" + round + "-" + i).vector(1, round, i).build()));
                written.forEach(CompletableFuture::join);
            }
        }
        System.out.printf("cluster ready in %d ms, written to in %d ms%n", (ready - began) / 1_000_000, (System.nanoTime() - ready) / 1_000_000);
    }

    private static boolean create(Engram engram) {
        try {
            engram.spaces().create(SpaceSettings.named("faults", 3));
        } catch (AlreadyExistsException anEarlierTryOfOurs) {
            return true;
        }
        return true;
    }

    @AfterAll
    static void stop() {
        if (cluster != null) cluster.close();
    }

    @BeforeEach
    void ready() {
        if (failed) {
            if (clusters == MOST_CLUSTERS) throw new IllegalStateException(MOST_CLUSTERS + " clusters were broken for good; this test did not run");
            stop();
            start();
            failed = false;
        }
        try {
            cluster.awaitReady(READY);
        } catch (RuntimeException lost) {
            failed = true;
            throw lost;
        }
    }

    private static Planned planned(Target target, Fault fault) {
        return new Planned(IDS.incrementAndGet(), Duration.ZERO, Duration.ofSeconds(1), target, fault);
    }

    private interface While {
        void on(Effect effect) throws Exception;
    }

    /// Injects, looks, heals; heals again, which must be harmless.
    private static void during(Target target, Fault fault, While look) throws Exception {
        Planned planned = planned(target, fault);
        long start = System.nanoTime();
        Effect effect = nemesis.inject(planned);
        long injected = System.nanoTime();
        try {
            look.on(effect);
        } finally {
            long healing = System.nanoTime();
            Effect healed = nemesis.heal(planned);
            long ended = System.nanoTime();
            System.out.printf("%s: injected in %d ms (%s%s), healed in %d ms (%s)%n", fault, (injected - start) / 1_000_000, effect.seen(),
                    effect.tool().isEmpty() ? "" : ", by " + effect.tool(), (ended - healing) / 1_000_000, healed.seen());
            assertThat(nemesis.heal(planned).seen()).isEqualTo("nothing was broken");
        }
    }

    @Test
    void a_partition_isolates_a_node_on_every_plane() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL), effect -> {
            assertThat(effect.nodes()).containsExactly("n1", "n2", "n3");
            assertThat(cluster.node("n1").door().greetsClients(Duration.ofSeconds(2))).isTrue();
        });
    }

    @Test
    void a_partition_of_one_plane_leaves_the_others() throws Exception {
        for (Fault.Plane plane : new Fault.Plane[] {Fault.Plane.RAFT, Fault.Plane.HAZELCAST, Fault.Plane.IGNITE, Fault.Plane.PEERS})
            during(N1, new Fault.Partition(Fault.Shape.HALVES, plane), effect -> assertThat(effect.seen()).contains(plane + " only"));
    }

    @Test
    void a_one_way_partition_makes_a_node_deaf_and_not_mute() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.ONE_WAY, Fault.Plane.ALL), effect -> assertThat(effect.nodes()).containsExactly("n1"));
    }

    @Test
    void a_bridge_and_a_ring_leave_a_middle() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.BRIDGE, Fault.Plane.ALL), effect -> assertThat(effect.nodes()).containsExactly("n2", "n3"));
        during(N1, new Fault.Partition(Fault.Shape.MAJORITY_RING, Fault.Plane.ALL), effect -> assertThat(effect.nodes()).hasSize(2));
    }

    @Test
    void clients_can_be_cut_off() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.CLIENTS), effect -> {
            assertThat(cluster.node("n1").door().ready()).isTrue();
            assertThat(cluster.node("n1").door().greetsClients(Duration.ofSeconds(1))).isFalse();
            assertThat(cluster.node("n2").door().greetsClients(Duration.ofSeconds(2))).isTrue();
        });
    }

    @Test
    void partitions_lie_on_top_of_each_other() throws Exception {
        Planned whole = planned(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL));
        nemesis.inject(whole);
        during(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.RAFT), effect -> {});
        assertThat(nemesis.heal(whole).nodes()).containsExactly("n1");
    }

    @Test
    void a_killed_node_stays_dead_until_it_is_healed() throws Exception {
        long before = cluster.node("n1").life().pid();
        during(N1, new Fault.Kill(), effect -> {
            assertThat(cluster.node("n1").life().exists()).isFalse();
            assertThat(cluster.node("n1").door().answers()).isFalse();
            // What cannot be done to a dead node is refused, and leaves nothing.
            assertThat(catchThrowableOfType(FaultException.class, () -> nemesis.inject(planned(N1, new Fault.Pause()))))
                    .hasMessageContaining("down already");
        });
        assertThat(cluster.node("n1").life().pid()).isNotEqualTo(before);
    }

    @Test
    void nobody_waits_for_a_node_that_another_fault_keeps_dead() throws Exception {
        during(N1, new Fault.Kill(), dead -> {
            during(N1, new Fault.DiskFull(), full -> {});
            assertThat(cluster.node("n1").life().exists()).isFalse();
        });
    }

    @Test
    void all_can_be_killed_at_once() throws Exception {
        during(new Target.All(), new Fault.Kill(), effect -> assertThat(effect.nodes()).containsExactly("n1", "n2", "n3"));
    }

    @Test
    void a_paused_node_is_there_and_says_nothing() throws Exception {
        long before = cluster.node("n1").life().pid();
        during(N1, new Fault.Pause(), effect -> assertThat(cluster.node("n1").life().stopped()).isTrue());
        assertThat(cluster.node("n1").life().pid()).isEqualTo(before);
    }

    @Test
    void the_leader_is_found() throws Exception {
        during(new Target.Leader(), new Fault.Pause(), effect -> assertThat(effect.nodes()).hasSize(1));
    }

    @Test
    void everything_is_mended_whatever_is_known_of_it() throws Exception {
        // A nemesis that is lost, as with a harness that crashed.
        Nemesis lost = cluster.nemesis(7);
        lost.inject(planned(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL)));
        lost.inject(planned(N1, new Fault.Packets(Duration.ofMillis(50), Duration.ZERO, 0.1, 0)));
        lost.inject(planned(new Target.Named(Set.of("n2")), new Fault.Clock(Fault.Motion.JUMP, Duration.ofHours(1), 1)));
        lost.inject(planned(new Target.Named(Set.of("n2")), new Fault.Pause()));
        lost.inject(planned(new Target.Named(Set.of("n3")), new Fault.Kill()));
        lost.inject(planned(new Target.Named(Set.of("n3")), new Fault.SlowDisk(0)));
        lost.inject(planned(N1, new Fault.DiskFull()));
        lost.inject(planned(N1, new Fault.Starvation(0.3)));
        nemesis.healAll();
        for (var node : cluster.nodes()) {
            assertThat(node.life().runs()).isTrue();
            assertThat(node.run("iptables -w -S; ls -A /run/balloon /disk")).doesNotContain("ENGRAM", ".fill");
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(node.door().ready()).isTrue());
        }
    }

    @Test
    void a_clock_jumps_runs_away_and_trembles() throws Exception {
        during(N1, new Fault.Clock(Fault.Motion.JUMP, Duration.ofMinutes(-10), 1), effect ->
                assertThat(Duration.between(cluster.node("n1").door().clock().orElseThrow(), Instant.now())).isBetween(Duration.ofSeconds(595), Duration.ofSeconds(605)));
        during(N1, new Fault.Clock(Fault.Motion.DRIFT, Duration.ZERO, 3), effect ->
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                        assertThat(Duration.between(Instant.now(), cluster.node("n1").door().clock().orElseThrow())).isGreaterThan(Duration.ofSeconds(4))));
        during(N1, new Fault.Clock(Fault.Motion.STROBE, Duration.ofSeconds(30), 1), effect -> assertThat(effect.seen()).contains("to and fro"));
        assertThat(Duration.between(Instant.now(), cluster.node("n1").door().clock().orElseThrow()).abs()).isLessThan(Duration.ofSeconds(3));
    }

    @Test
    void of_two_clock_faults_the_first_counts_again_when_the_second_is_healed() throws Exception {
        during(N1, new Fault.Clock(Fault.Motion.JUMP, Duration.ofMinutes(10), 1), first -> {
            during(N1, new Fault.Clock(Fault.Motion.JUMP, Duration.ofMinutes(-10), 1), second -> {});
            assertThat(Duration.between(Instant.now(), cluster.node("n1").door().clock().orElseThrow())).isBetween(Duration.ofSeconds(595), Duration.ofSeconds(605));
        });
    }

    @Test
    void packets_are_delayed_lost_and_overtaken() throws Exception {
        during(N1, new Fault.Packets(Duration.ofMillis(100), Duration.ofMillis(20), 0, 0), effect -> assertThat(effect.tool()).isNotEmpty());
        during(N1, new Fault.Packets(Duration.ZERO, Duration.ZERO, 0.2, 0), effect -> {});
        during(N1, new Fault.Packets(Duration.ofMillis(50), Duration.ofMillis(5), 0.02, 0.3), effect -> {});
    }

    @Test
    void each_tool_for_packets_is_mended_alike() throws Exception {
        during(new Target.All(), new Fault.Packets(Duration.ofMillis(20), Duration.ofMillis(20), 0.1, 0.1), effect -> {});
        for (var node : cluster.nodes()) assertThat(node.run("iptables -w -S; ls /run/engram")).doesNotContain("ENGRAM", "netem.pid");
    }

    @Test
    void packets_of_a_node_that_is_cut_off_can_be_interfered_with_and_the_other_way_round() throws Exception {
        Fault cut = new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL);
        Fault lossy = new Fault.Packets(Duration.ofMillis(50), Duration.ofMillis(10), 0.2, 0);
        during(N1, cut, first -> during(N1, lossy, second -> assertThat(second.seen()).contains("packets answered")));
        during(N1, lossy, first -> during(N1, cut, second -> assertThat(second.nodes()).hasSize(3)));
    }

    @Test
    void a_disk_is_full_and_the_node_gets_over_it() throws Exception {
        during(N1, new Fault.DiskFull(), effect -> assertThat(cluster.node("n1").run("df -k /disk | awk 'NR == 2 { print $4 }'").strip()).isEqualTo("0"));
    }

    @Test
    void a_disk_is_slow_or_stands_still() throws Exception {
        during(N1, new Fault.SlowDisk(200_000), effect -> assertThat(effect.tool()).isEqualTo("blkio"));
        during(N1, new Fault.SlowDisk(0), effect -> assertThat(effect.tool()).isEqualTo("fsfreeze"));
    }

    @Test
    void what_was_not_forced_is_lost_with_the_power() throws Exception {
        during(N1, new Fault.LostWrites(), effect -> assertThat(cluster.node("n1").life().exists()).isFalse());
    }

    @ParameterizedTest
    @EnumSource(Fault.Part.class)
    void a_damaged_file_is_noticed_and_repaired(Fault.Part part) throws Exception {
        during(N1, new Fault.Damage(part, Fault.Harm.FLIP), effect -> assertThat(effect.seen()).contains("/disk/").contains("is"));
    }

    @Test
    void a_file_is_cut_short() throws Exception {
        during(N1, new Fault.Damage(Fault.Part.SNAPSHOT, Fault.Harm.TRUNCATE), effect -> assertThat(effect.seen()).contains("cut to"));
    }

    @Test
    void memory_runs_short() throws Exception {
        during(N1, new Fault.MemoryPressure(false), effect -> assertThat(effect.seen()).contains("MiB left"));
    }

    @Test
    void the_kernel_kills_a_node_for_lack_of_memory() throws Exception {
        long before = cluster.node("n1").life().pid();
        during(N1, new Fault.MemoryPressure(true), effect -> {});
        assertThat(cluster.node("n1").life().pid()).isNotEqualTo(before);
    }

    @Test
    void a_node_is_short_of_processors() throws Exception {
        during(N1, new Fault.Starvation(0.1), effect -> assertThat(effect.seen()).contains("throttled"));
    }

    @Test
    void nodes_are_restarted_one_after_the_other() throws Exception {
        during(new Target.Named(Set.of("n1", "n2")), new Fault.RollingRestart(), effect -> assertThat(effect.nodes()).containsExactly("n1", "n2"));
    }

    @Test
    void a_node_is_replaced_by_an_empty_one() throws Exception {
        during(N1, new Fault.Replace(), effect -> assertThat(effect.seen()).contains("disk empty"));
    }
}
