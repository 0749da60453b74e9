package io.engram.jepsen.containers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.jepsen.cluster.ContainerCluster;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Target;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Every fault is injected into one running cluster, looked at from outside, and healed. The faults look themselves too: these tests see that
/// what they say is so.
@NeedsDocker
class FaultsTest {
    private static final Duration READY = Duration.ofMinutes(3);
    private static final Target N1 = new Target.Named(Set.of("n1"));
    private static final AtomicInteger IDS = new AtomicInteger();

    private static ContainerCluster cluster;
    private static Nemesis nemesis;

    @BeforeAll
    static void start() {
        cluster = ContainerCluster.start(ContainerCluster.Layout.of(3));
        cluster.awaitReady(READY);
        nemesis = cluster.nemesis(42);
    }

    @AfterAll
    static void stop() {
        if (cluster != null) cluster.close();
    }

    @BeforeEach
    void ready() {
        cluster.awaitReady(READY);
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
            System.out.printf("%s: injected in %d ms (%s%s), healed in %d ms (%s)%n", fault, (injected - start) / 1_000_000, effect.seen(),
                    effect.tool().isEmpty() ? "" : ", by " + effect.tool(), (System.nanoTime() - healing) / 1_000_000, healed.seen());
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
        });
        assertThat(cluster.node("n1").life().pid()).isNotEqualTo(before);
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
    void a_dead_node_cannot_be_paused_and_the_attempt_leaves_nothing() throws Exception {
        during(N1, new Fault.Kill(), effect ->
                assertThat(catchThrowableOfType(FaultException.class, () -> nemesis.inject(planned(N1, new Fault.Pause()))))
                        .hasMessageContaining("down already"));
    }

    @Test
    void everything_is_mended_whatever_is_known_of_it() throws Exception {
        // A nemesis that is lost, as with a harness that crashed.
        Nemesis lost = cluster.nemesis(7);
        lost.inject(planned(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL)));
        lost.inject(planned(new Target.Named(Set.of("n2")), new Fault.Pause()));
        lost.inject(planned(new Target.Named(Set.of("n3")), new Fault.Kill()));
        nemesis.healAll();
        for (var node : cluster.nodes()) {
            assertThat(node.life().runs()).isTrue();
            assertThat(node.door().ready()).isTrue();
            assertThat(node.run("iptables -w -S")).doesNotContain("ENGRAM");
        }
    }
}
