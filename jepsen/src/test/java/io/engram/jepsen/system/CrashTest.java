package io.engram.jepsen.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.client.Acknowledgement;
import io.engram.client.Engram;
import io.engram.client.ListQuery;
import io.engram.client.Memory;
import io.engram.client.ObserveOptions;
import io.engram.client.ObserveSession;
import io.engram.client.ReadOptions;
import io.engram.client.Vector;
import io.engram.client.View;
import io.engram.client.WriteOptions;
import io.engram.jepsen.cluster.LocalNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/// Three real processes; each test leaves the cluster whole for the next.
@Tag("system")
@TestMethodOrder(OrderAnnotation.class)
class CrashTest {
    /// Failover as measured for this log (1.0 to 1.5 s after a kill), plus one second.
    private static final Duration FAILOVER = Duration.ofMillis(2_500);

    private static ProcessCluster processes;

    @BeforeAll
    static void start() {
        processes = new ProcessCluster("crash", Map.of());
    }

    @AfterAll
    static void stop() {
        if (processes != null) processes.close();
    }

    /// One kill in time is enough; after a slow one, which a stall of the machine may cause, the median of three must be.
    @Test
    @Order(1)
    void a_stream_survives_the_kill_of_the_leader() {
        List<Duration> pauses = new ArrayList<>();
        do pauses.add(pauseByKillOfTheLeader("kill-leader-" + pauses.size()));
        while (pauses.getFirst().compareTo(FAILOVER) > 0 && pauses.size() < 3);
        System.out.printf("writes paused for %s ms by SIGKILL of the leader%n", pauses.stream().map(Duration::toMillis).toList());
        assertThat(pauses.stream().sorted().toList().get(pauses.size() / 2)).isLessThan(FAILOVER);
    }

    private static Duration pauseByKillOfTheLeader(String space) {
        processes.createSpace(space);
        int count = 10_000;
        LocalNode victim = processes.busiest();
        AtomicBoolean killed = new AtomicBoolean();
        AtomicLong last = new AtomicLong();
        AtomicLong pause = new AtomicLong();
        List<Long> marks = new CopyOnWriteArrayList<>();
        AtomicInteger rejected = new AtomicInteger();
        ObserveOptions options = ObserveOptions.defaults().listener(acknowledgement -> {
            switch (acknowledgement) {
                case Acknowledgement.Durable durable -> {
                    long now = System.nanoTime();
                    if (killed.get()) pause.accumulateAndGet(now - last.getAndSet(now), Math::max);
                    marks.add(durable.through());
                }
                case Acknowledgement.Rejected refusal -> rejected.incrementAndGet();
            }
        });
        try (ObserveSession session = processes.engram().space(space).observe("stream-1", options)) {
            for (int i = 1; i <= count; i++) {
                // Two thirds are sent to a cluster whose busiest leader is dead: none of them can be durable before others took over.
                if (i == count / 3) {
                    last.set(System.nanoTime());
                    killed.set(true);
                    victim.kill();
                }
                session.send(ProcessCluster.observation(String.format("k%05d", i), i));
            }
            session.flush(Duration.ofMinutes(2));
        }
        assertThat(rejected).hasValue(0);
        assertThat(marks).isSorted();
        assertThat(processes.keys(space)).isEqualTo(IntStream.rangeClosed(1, count).mapToObj(i -> String.format("k%05d", i)).toList());
        victim.start();
        processes.cluster.awaitReady(ProcessCluster.READY);
        processes.awaitConverged();
        return Duration.ofNanos(pause.get());
    }

    @Test
    @Order(2)
    void order_within_a_session_is_kept_for_each_key() {
        processes.createSpace("order");
        LocalNode victim = processes.busiest();
        // Every key is written many times; the last write of each must be the one that stands.
        int keys = 50;
        int count = 4_000;
        AtomicBoolean killed = new AtomicBoolean();
        ObserveOptions options = ObserveOptions.defaults().listener(acknowledgement -> {
            if (acknowledgement instanceof Acknowledgement.Durable durable && durable.through() >= count / 2 && killed.compareAndSet(false, true))
                victim.kill();
        });
        try (ObserveSession session = processes.engram().space("order").observe("stream-1", options)) {
            for (int i = 1; i <= count; i++) session.send(ProcessCluster.observation("k" + i % keys, i));
            session.flush(Duration.ofMinutes(2));
        }
        List<Memory> stored = processes.engram().space("order").list(ListQuery.all(), ReadOptions.defaults().view(View.FULL)).toList();
        assertThat(stored).hasSize(keys).allSatisfy(memory -> {
            int key = Integer.parseInt(memory.key().substring(1));
            int lastWrite = key == 0 ? count : count - keys + key;
            assertThat(memory.text()).isEqualTo("note " + lastWrite + " of " + memory.key());
        });
        victim.start();
        processes.cluster.awaitReady(ProcessCluster.READY);
    }

    @Test
    @Order(3)
    void everything_acknowledged_is_there_after_the_kill_of_all_three() {
        processes.createSpace("kill-all");
        List<String> acknowledged = Collections.synchronizedList(new ArrayList<>());
        var space = processes.engram().space("kill-all");
        AtomicBoolean killed = new AtomicBoolean();
        List<Thread> writers = IntStream.range(0, 8)
                .mapToObj(w -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; !killed.get(); i++) {
                        String key = "w" + w + "-" + i;
                        try {
                            space.put(ProcessCluster.observation(key, i));
                            acknowledged.add(key);
                        } catch (RuntimeException notAcknowledged) {
                            // What counts is what was acknowledged, until the cluster is gone.
                        }
                    }
                }))
                .toList();
        await().atMost(ProcessCluster.SETTLE).until(() -> acknowledged.size() > 500);
        processes.cluster.nodes().forEach(LocalNode::kill);
        killed.set(true);
        for (Thread writer : writers) join(writer);
        List<String> expected = List.copyOf(acknowledged);
        processes.cluster.nodes().forEach(LocalNode::start);
        processes.cluster.awaitReady(ProcessCluster.READY);
        await().atMost(ProcessCluster.SETTLE).ignoreExceptions().untilAsserted(() -> assertThat(processes.keys("kill-all")).containsAll(expected));
        processes.awaitConverged();
    }

    @Test
    @Order(4)
    void a_wiped_node_rejoins_and_serves() {
        processes.createSpace("wipe");
        for (int i = 0; i < 200; i++) processes.engram().space("wipe").put(ProcessCluster.observation("k" + i, i));
        LocalNode victim = processes.cluster.node("n3");
        victim.kill();
        victim.wipe();
        victim.start();
        processes.cluster.awaitReady(ProcessCluster.READY);
        processes.awaitConverged();
        try (Engram alone = Engram.builder().endpoints(victim.endpoint()).discoverMembers(false).connect()) {
            await().atMost(ProcessCluster.SETTLE).ignoreExceptions().untilAsserted(() -> {
                assertThat(alone.space("wipe").get("k7").value().text()).isEqualTo("note 7 of k7");
                assertThat(alone.space("wipe").recall(Vector.of(ProcessCluster.vectorOf(ProcessCluster.observation("k7", 7))), 1)
                        .value().matches().getFirst().memory().key()).isEqualTo("k7");
            });
        }
    }

    @Test
    @Order(5)
    void a_rolling_restart_under_load_hides_every_failure() {
        processes.createSpace("rolling");
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger done = new AtomicInteger();
        List<Throwable> failures = new CopyOnWriteArrayList<>();
        var space = processes.engram().space("rolling");
        List<Thread> callers = IntStream.range(0, 4)
                .mapToObj(c -> Thread.ofVirtual().start(() -> {
                    for (int i = 0; !stop.get(); i++) {
                        try {
                            String key = "c" + c + "-" + i % 100;
                            space.put(ProcessCluster.observation(key, i), WriteOptions.defaults().deadline(Duration.ofSeconds(20)));
                            Memory read = space.get(key, ReadOptions.defaults().deadline(Duration.ofSeconds(20))).value();
                            if (!read.text().equals("note " + i + " of " + key)) throw new AssertionError("read " + read.text() + " after writing " + i);
                            done.incrementAndGet();
                        } catch (Throwable e) {
                            failures.add(e);
                        }
                    }
                }))
                .toList();
        for (LocalNode node : processes.cluster.nodes()) {
            int before = done.get();
            node.stop();
            node.start();
            processes.cluster.awaitReady(ProcessCluster.READY);
            await().atMost(ProcessCluster.SETTLE).until(() -> done.get() > before);
        }
        stop.set(true);
        callers.forEach(CrashTest::join);
        assertThat(failures).isEmpty();
        assertThat(done.get()).isPositive();
        processes.awaitConverged();
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(90))).as("caller ends within its deadlines").isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
