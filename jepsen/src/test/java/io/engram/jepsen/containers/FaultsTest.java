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
import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Every fault is injected into one running cluster, looked at from outside, healed, and looked at again. The faults look themselves too: these
/// tests see that what they say is so.
@NeedsDocker
@ExtendWith(FaultsTest.Afterwards.class)
class FaultsTest {
    private static final Duration READY = Duration.ofMinutes(3);
    /// A test that failed may leave a cluster that does not come back; so often the next gets one of its own.
    private static final int MOST_CLUSTERS = 4;
    private static final int[] EVERY_PLANE = {
        ContainerNode.PEERS, ContainerNode.RAFT, ContainerNode.HAZELCAST, ContainerNode.IGNITE_DISCOVERY, ContainerNode.IGNITE_COMMUNICATION
    };
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

    private interface Afterward {
        void look() throws Exception;
    }

    /// Injects, looks, heals, looks again.
    private static void during(Target target, Fault fault, While look, Afterward healed) throws Exception {
        during(target, fault, look);
        healed.look();
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

    private static ContainerNode node(String name) {
        return cluster.node(name);
    }

    /// The ports to which no connection can be opened: not even a refusal comes back.
    private static List<Integer> silent(String from, String to, int... ports) {
        String targets = Arrays.stream(ports).mapToObj(port -> node(to).address() + ":" + port).collect(Collectors.joining(" "));
        return node(from).run("/opt/faults/engram-faults tcp 2000 " + targets).lines()
                .map(line -> line.split(" ", -1))
                .filter(said -> said[2].equals("silent"))
                .map(said -> Integer.parseInt(said[1]))
                .toList();
    }

    private static void assertReached(String from, String to, int... ports) {
        assertThat(silent(from, to, ports)).as("silent from %s to %s", from, to).isEmpty();
    }

    private static void assertCut(String from, String to, int... ports) {
        assertThat(silent(from, to, ports)).as("silent from %s to %s", from, to).containsExactlyInAnyOrderElementsOf(Arrays.stream(ports).boxed().toList());
    }

    private static void assertWhole() {
        for (String from : List.of("n1", "n2", "n3"))
            for (String to : List.of("n1", "n2", "n3")) if (!from.equals(to)) assertReached(from, to, EVERY_PLANE);
    }

    private static void assertServes(String name) {
        assertThat(node(name).life().runs()).isTrue();
        await(name).atMost(READY).untilAsserted(() -> {
            assertThat(node(name).door().ready()).isTrue();
            assertThat(node(name).door().greetsClients(Duration.ofSeconds(2))).isTrue();
        });
    }

    private static Duration clockAhead() {
        return Duration.between(Instant.now(), node("n1").door().clock().orElseThrow());
    }

    private static void assertRightTime() {
        assertThat(clockAhead().abs()).isLessThan(Duration.ofSeconds(3));
    }

    private static String packetRules(String name) {
        return node(name).run("iptables -w -S; /usr/sbin/tc qdisc show dev eth0; ls /run/engram");
    }

    /// Of 20 datagrams that came back.
    private static Duration fastest(String from, String to) {
        String[] said = node(from).run("/opt/faults/engram-faults udp 20 10 1000 test " + node(to).address() + ":" + ContainerNode.PROBES).strip().split(" ", -1);
        return Duration.ofNanos(Long.parseLong(said[4]) * 1000);
    }

    /// Writes to the node's disk and waits until it is there; fails if that does.
    private static Duration timeToWrite(String name, int kibibytes) {
        String millis = node(name).run("""
                now() { read -r up _ < /proc/uptime; echo ${up%%.*}${up#*.}0; }
                start=$(now); dd if=/dev/zero of=/disk/.test bs=4k count=COUNT conv=fsync 2>/dev/null || exit 1; end=$(now)
                rm -f /disk/.test; echo $((end - start))""".replace("COUNT", Integer.toString(kibibytes / 4)));
        return Duration.ofMillis(Long.parseLong(millis.strip()));
    }

    private static String quota(String name) {
        return node(name).run("cat /sys/fs/cgroup/cpu/cpu.cfs_quota_us 2>/dev/null || cut -d ' ' -f 1 /sys/fs/cgroup/cpu.max").strip();
    }

    @Test
    void a_partition_isolates_a_node_on_every_plane() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL), effect -> {
            assertThat(effect.nodes()).containsExactly("n1", "n2", "n3");
            assertThat(cluster.node("n1").door().greetsClients(Duration.ofSeconds(2))).isTrue();
            for (String other : List.of("n2", "n3")) {
                assertCut(other, "n1", EVERY_PLANE);
                assertCut("n1", other, EVERY_PLANE);
            }
            assertReached("n2", "n3", EVERY_PLANE);
        }, FaultsTest::assertWhole);
    }

    @Test
    void a_partition_of_one_plane_leaves_the_others() throws Exception {
        for (Fault.Plane plane : new Fault.Plane[] {Fault.Plane.RAFT, Fault.Plane.HAZELCAST, Fault.Plane.IGNITE, Fault.Plane.PEERS}) {
            int port = Map.of(Fault.Plane.RAFT, ContainerNode.RAFT, Fault.Plane.HAZELCAST, ContainerNode.HAZELCAST,
                    Fault.Plane.IGNITE, ContainerNode.IGNITE_COMMUNICATION, Fault.Plane.PEERS, ContainerNode.PEERS).getOrDefault(plane, 0);
            int[] others = Arrays.stream(new int[] {ContainerNode.RAFT, ContainerNode.HAZELCAST, ContainerNode.IGNITE_COMMUNICATION, ContainerNode.PEERS})
                    .filter(other -> other != port).toArray();
            during(N1, new Fault.Partition(Fault.Shape.HALVES, plane), effect -> {
                assertThat(effect.seen()).contains(plane + " only");
                assertCut("n2", "n1", port);
                assertReached("n2", "n1", others);
            }, () -> assertReached("n2", "n1", EVERY_PLANE));
        }
    }

    @Test
    void a_one_way_partition_makes_a_node_deaf_and_not_mute() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.ONE_WAY, Fault.Plane.ALL), effect -> {
            assertThat(effect.nodes()).containsExactly("n1");
            // What it sends arrives, and the answer to it does not.
            assertCut("n2", "n1", ContainerNode.RAFT);
            assertCut("n1", "n2", ContainerNode.RAFT);
            assertReached("n2", "n3", ContainerNode.RAFT);
        }, FaultsTest::assertWhole);
    }

    @Test
    void a_bridge_and_a_ring_leave_a_middle() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.BRIDGE, Fault.Plane.ALL), effect -> {
            assertThat(effect.nodes()).containsExactly("n2", "n3");
            assertCut("n2", "n3", ContainerNode.RAFT);
            assertReached("n1", "n2", ContainerNode.RAFT);
            assertReached("n1", "n3", ContainerNode.RAFT);
        }, FaultsTest::assertWhole);
        during(N1, new Fault.Partition(Fault.Shape.MAJORITY_RING, Fault.Plane.ALL), effect -> assertThat(effect.nodes()).hasSize(2), FaultsTest::assertWhole);
    }

    @Test
    void clients_can_be_cut_off() throws Exception {
        during(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.CLIENTS), effect -> {
            assertThat(cluster.node("n1").door().ready()).isTrue();
            assertThat(cluster.node("n1").door().greetsClients(Duration.ofSeconds(1))).isFalse();
            assertThat(cluster.node("n2").door().greetsClients(Duration.ofSeconds(2))).isTrue();
            assertReached("n2", "n1", EVERY_PLANE);
        }, () -> assertServes("n1"));
    }

    @Test
    void partitions_lie_on_top_of_each_other() throws Exception {
        Planned whole = planned(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL));
        nemesis.inject(whole);
        during(N1, new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.RAFT), effect -> {});
        assertCut("n2", "n1", EVERY_PLANE);
        assertThat(nemesis.heal(whole).nodes()).containsExactly("n1");
        assertWhole();
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
        }, () -> assertServes("n1"));
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
        during(new Target.All(), new Fault.Kill(), effect -> {
            assertThat(effect.nodes()).containsExactly("n1", "n2", "n3");
            assertThat(cluster.nodes()).noneMatch(node -> node.life().exists());
        }, () -> cluster.nodes().forEach(node -> assertServes(node.name())));
    }

    @Test
    void a_paused_node_is_there_and_says_nothing() throws Exception {
        long before = cluster.node("n1").life().pid();
        during(N1, new Fault.Pause(), effect -> {
            assertThat(cluster.node("n1").life().stopped()).isTrue();
            assertThat(cluster.node("n1").door().answers()).isFalse();
        }, () -> assertServes("n1"));
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
            await().atMost(READY).untilAsserted(() -> assertThat(node.door().ready()).isTrue());
        }
    }

    @Test
    void a_clock_jumps_runs_away_and_trembles() throws Exception {
        during(N1, new Fault.Clock(Fault.Motion.JUMP, Duration.ofMinutes(-10), 1), effect ->
                assertThat(clockAhead()).isBetween(Duration.ofSeconds(-605), Duration.ofSeconds(-595)), FaultsTest::assertRightTime);
        during(N1, new Fault.Clock(Fault.Motion.DRIFT, Duration.ZERO, 3), effect ->
                await().atMost(Duration.ofSeconds(30)).untilAsserted(() ->
                        assertThat(clockAhead()).isGreaterThan(Duration.ofSeconds(4))), FaultsTest::assertRightTime);
        during(N1, new Fault.Clock(Fault.Motion.STROBE, Duration.ofSeconds(30), 1), effect -> assertThat(effect.seen()).contains("to and fro"), FaultsTest::assertRightTime);
    }

    @Test
    void of_two_clock_faults_the_first_counts_again_when_the_second_is_healed() throws Exception {
        during(N1, new Fault.Clock(Fault.Motion.JUMP, Duration.ofMinutes(10), 1), first -> {
            during(N1, new Fault.Clock(Fault.Motion.JUMP, Duration.ofMinutes(-10), 1), second -> {});
            assertThat(clockAhead()).isBetween(Duration.ofSeconds(595), Duration.ofSeconds(605));
        });
    }

    @Test
    void packets_are_delayed_lost_and_overtaken() throws Exception {
        Afterward healed = () -> assertThat(packetRules("n1")).doesNotContain("ENGRAM", "qdisc netem", "netem.pid");
        during(N1, new Fault.Packets(Duration.ofMillis(100), Duration.ofMillis(20), 0, 0), effect -> {
            assertThat(effect.tool()).isNotEmpty();
            assertThat(fastest("n1", "n2")).isGreaterThan(Duration.ofMillis(60));
        }, healed);
        during(N1, new Fault.Packets(Duration.ZERO, Duration.ZERO, 0.2, 0), effect -> assertThat(packetRules("n1")).containsAnyOf("ENGRAM", "qdisc netem"), healed);
        during(N1, new Fault.Packets(Duration.ofMillis(50), Duration.ofMillis(5), 0.02, 0.3), effect ->
                assertThat(packetRules("n1")).containsAnyOf("ENGRAM", "qdisc netem"), healed);
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
        during(N1, new Fault.DiskFull(), effect -> assertThat(cluster.node("n1").run("df -k /disk | awk 'NR == 2 { print $4 }'").strip()).isEqualTo("0"), () -> {
            assertThat(node("n1").run("ls -A /disk")).doesNotContain(".fill");
            assertThat(timeToWrite("n1", 256)).as("a write succeeds").isLessThan(READY);
            assertServes("n1");
        });
    }

    @Test
    void a_disk_is_slow_or_stands_still() throws Exception {
        AtomicReference<Duration> slow = new AtomicReference<>(Duration.ZERO);
        during(N1, new Fault.SlowDisk(200_000), effect -> {
            assertThat(effect.tool()).isEqualTo("blkio");
            slow.set(timeToWrite("n1", 512));
            // A third of what it takes at this rate: the controller lets a little through at first.
            assertThat(slow.get()).isGreaterThan(Duration.ofMillis(870));
        }, () -> await().atMost(Duration.ofSeconds(30)).until(() -> timeToWrite("n1", 512).compareTo(slow.get().dividedBy(2)) < 0));
        during(N1, new Fault.SlowDisk(0), effect -> {
            assertThat(effect.tool()).isEqualTo("fsfreeze");
            node("n1").run("rm -f /run/engram/thawed; (dd if=/dev/zero of=/disk/.test bs=4k count=1 conv=fsync && touch /run/engram/thawed) >/dev/null 2>&1 &");
            assertThat(node("n1").holds("sleep 2; [ -e /run/engram/thawed ]")).as("a write to a disk that stands still came to its end").isFalse();
        }, () -> {
            // What was held back comes to its end.
            await().atMost(Duration.ofSeconds(30)).until(() -> node("n1").holds("[ -e /run/engram/thawed ]"));
            node("n1").run("rm -f /disk/.test /run/engram/thawed");
            assertServes("n1");
        });
    }

    @Test
    void what_was_not_forced_is_lost_with_the_power() throws Exception {
        node("n1").run("echo forced > /disk/.forced && sync");
        during(N1, new Fault.LostWrites(), effect -> assertThat(cluster.node("n1").life().exists()).isFalse(), () -> {
            assertThat(node("n1").run("cat /disk/.forced; rm /disk/.forced")).isEqualTo("forced\n");
            assertServes("n1");
        });
    }

    @ParameterizedTest
    @EnumSource(Fault.Part.class)
    void a_damaged_file_is_noticed_and_repaired(Fault.Part part) throws Exception {
        during(N1, new Fault.Damage(part, Fault.Harm.FLIP), effect -> assertThat(effect.seen()).contains("/disk/").contains("is"), () -> assertServes("n1"));
    }

    @Test
    void a_file_is_cut_short() throws Exception {
        during(N1, new Fault.Damage(Fault.Part.SNAPSHOT, Fault.Harm.TRUNCATE), effect -> assertThat(effect.seen()).contains("cut to"), () -> assertServes("n1"));
    }

    @Test
    void memory_runs_short() throws Exception {
        during(N1, new Fault.MemoryPressure(false), effect -> {
            assertThat(effect.seen()).contains("MiB left");
            assertThat(node("n1").run("ls /run/balloon")).isNotEmpty();
        }, () -> {
            assertThat(node("n1").run("ls /run/balloon")).isEmpty();
            assertServes("n1");
        });
    }

    @Test
    void the_kernel_kills_a_node_for_lack_of_memory() throws Exception {
        long before = cluster.node("n1").life().pid();
        during(N1, new Fault.MemoryPressure(true), effect -> assertThat(cluster.node("n1").life().pid()).isNotEqualTo(before), () -> assertServes("n1"));
    }

    @Test
    void a_node_is_short_of_processors() throws Exception {
        during(N1, new Fault.Starvation(0.1), effect -> {
            assertThat(effect.seen()).contains("throttled");
            assertThat(quota("n1")).isEqualTo("10000");
        }, () -> assertThat(quota("n1")).isIn("-1", "max"));
    }

    @Test
    void nodes_are_restarted_one_after_the_other() throws Exception {
        Map<String, Long> before = cluster.nodes().stream().collect(Collectors.toMap(ContainerNode::name, node -> node.life().pid()));
        during(new Target.Named(Set.of("n1", "n2")), new Fault.RollingRestart(), effect -> assertThat(effect.nodes()).containsExactly("n1", "n2"), () -> {
            for (var node : cluster.nodes()) {
                assertThat(node.life().pid() == before.getOrDefault(node.name(), 0L)).as("%s is what it was", node.name()).isEqualTo(node.name().equals("n3"));
                assertServes(node.name());
            }
        });
    }

    @Test
    void a_node_is_replaced_by_an_empty_one() throws Exception {
        String before = node("n1").run("cat /disk/identity");
        during(N1, new Fault.Replace(), effect -> assertThat(effect.seen()).contains("disk empty"), () -> {
            assertServes("n1");
            assertThat(node("n1").run("cat /disk/identity")).isNotEqualTo(before);
        });
    }
}
