package io.engram.grid.tier.hot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.EntryProcessor;
import com.hazelcast.map.IMap;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.tier.Listening;
import io.engram.grid.tier.Loopback;
import io.engram.grid.tier.hot.HotTier.HotKey;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/// With real Hazelcast members on loopback.
class HazelcastHotTierTest {
    private static final Duration GENEROUS = Duration.ofSeconds(20);
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final AtomicInteger SPACES = new AtomicInteger();

    @Nested
    @TestInstance(Lifecycle.PER_CLASS)
    class Two_members {
        private HotMember[] members;
        private HazelcastInstance[] instances;
        private HazelcastHotTier[] tiers;
        private SpaceId space;

        @BeforeAll
        void open(@TempDir Path folder) {
            Loopback cluster = new Loopback(2, folder);
            members = new HotMember[2];
            instances = new HazelcastInstance[2];
            tiers = new HazelcastHotTier[2];
            for (int i = 0; i < 2; i++) {
                int rank = i;
                members[i] = HotMember.start("n" + i, () -> instances[rank] =
                        Hazelcast.newHazelcastInstance(MemberSettings.of(cluster.node(rank))));
                tiers[i] = HazelcastHotTier.open(cluster.node(i), members[i]);
            }
            for (HazelcastHotTier tier : tiers) awaitState(tier, "up");
            // The second member gets its share some time after it has joined.
            for (HazelcastInstance instance : instances) await().atMost(LONG).until(() -> shardsOwnedBy(instance).findFirst().isPresent());
            awaitBackups(instances[0]);
        }

        @AfterAll
        void close() {
            for (HazelcastHotTier tier : tiers) tier.close();
        }

        @BeforeEach
        void ownSpace() {
            space = new SpaceId(SPACES.incrementAndGet());
        }

        @Test
        void a_record_offered_on_one_is_read_on_the_other() {
            List<HotKey> keys = IntStream.range(0, 200).mapToObj(i -> key(i % 8, "k" + i)).toList();
            for (HotKey key : keys) tiers[0].offer(key, record(3, key.key().value()));
            awaitFound(tiers[1], keys, 3);
            Map<HotKey, HotRecord> found = tiers[1].get(keys, GENEROUS);
            assertThat(found).hasSize(200);
            found.forEach((key, record) -> assertThat(text(record)).isEqualTo(key.key().value()));
            assertThat(tiers[1].get(List.of(key(0, "none"), key(1, "none either")), GENEROUS)).isEmpty();
        }

        @Test
        void an_older_version_offered_after_a_newer_one_changes_nothing() {
            HotKey key = key(1, "raced");
            HotKey last = key(1, "last");
            tiers[0].offer(key, record(9, "new"));
            awaitFound(tiers[0], List.of(key), 9);
            tiers[1].offer(key, record(8, "old"));
            tiers[1].offer(last, record(1, "sent after it"));
            awaitFound(tiers[1], List.of(last), 1);
            assertThat(text(found(tiers[1], key))).isEqualTo("new");
            tiers[1].offer(key, record(10, "newest"));
            awaitFound(tiers[0], List.of(key), 10);
        }

        @Test
        void of_versions_offered_by_both_in_any_order_the_highest_stays() {
            HotKey key = key(2, "contended");
            for (int i = 1; i <= 500; i++) {
                tiers[i % 2].offer(key, record(i % 7 * 1_000 + i, "v"));
                HotKey marker = key(2, "marker" + i % 2);
                tiers[i % 2].offer(marker, record(i, "m"));
            }
            awaitFound(tiers[0], List.of(key(2, "marker0")), 500);
            awaitFound(tiers[1], List.of(key(2, "marker1")), 499);
            assertThat(found(tiers[0], key).version()).isEqualTo(6_496);
        }

        @Test
        void dropping_forgets_up_to_a_version() {
            HotKey key = key(3, "dropped");
            HotKey kept = key(3, "kept");
            tiers[0].offer(key, record(5, "x"));
            tiers[0].offer(kept, record(5, "x"));
            awaitFound(tiers[0], List.of(key, kept), 5);
            tiers[1].drop(kept, 4);
            tiers[1].drop(key, 5);
            await().atMost(LONG).until(() -> tiers[0].get(List.of(key), GENEROUS).isEmpty());
            assertThat(found(tiers[0], kept).version()).isEqualTo(5);
        }

        @Test
        void dropping_a_space_leaves_the_others() {
            SpaceId other = new SpaceId(SPACES.incrementAndGet());
            HotKey gone = key(4, "a");
            HotKey stays = new HotKey(new ShardId(4), other, new MemoryKey("a"));
            tiers[0].offer(gone, record(1, "x"));
            tiers[0].offer(stays, record(1, "x"));
            awaitFound(tiers[0], List.of(gone, stays), 1);
            tiers[1].dropSpace(space, List.of(new ShardId(4), new ShardId(5)));
            await().atMost(LONG).until(() -> tiers[0].get(List.of(gone), GENEROUS).isEmpty());
            assertThat(found(tiers[0], stays).version()).isEqualTo(1);
        }

        @Test
        void what_others_put_into_the_map_is_a_miss_or_shows_its_true_version() {
            HotKey older = key(5, "older");
            HotKey bytes = key(5, "bytes");
            HotKey text = key(5, "text");
            HotKey swapped = key(5, "swapped");
            HotKey object = key(5, "object");
            HotKey good = key(5, "good");
            for (HotKey key : List.of(older, bytes, text, swapped, object, good)) tiers[0].offer(key, record(7, "mine"));
            awaitFound(tiers[0], List.of(older, bytes, text, swapped, object, good), 7);
            IMap<GridKey, Object> map = Objects.requireNonNull(tiers[1].map());
            map.set(GridKey.of(older), Envelope.seal(GridKey.of(older), 6, "stale".getBytes(StandardCharsets.UTF_8)));
            map.set(GridKey.of(bytes), new byte[] {1, 2, 3});
            map.set(GridKey.of(text), "not bytes");
            map.set(GridKey.of(swapped), Objects.requireNonNull(map.get(GridKey.of(good))));
            map.set(GridKey.of(object), new Foreign("x"));
            long malformed = tiers[0].counts().malformed();
            Map<HotKey, HotRecord> found = tiers[0].get(List.of(older, bytes, text, swapped, object, good), GENEROUS);
            assertThat(found).containsOnlyKeys(older, good);
            assertThat(Objects.requireNonNull(found.get(older)).version()).isEqualTo(6);
            assertThat(tiers[0].counts().malformed() - malformed).isEqualTo(4);
            // An offer repairs all of them, whatever they pretended.
            for (HotKey key : List.of(older, bytes, text, swapped, object)) tiers[1].offer(key, record(7, "mine"));
            awaitFound(tiers[0], List.of(older, bytes, text, swapped, object), 7);
        }

        @Test
        void of_two_records_of_one_version_the_one_offered_stays() {
            HotKey key = key(6, "twin");
            IMap<GridKey, Object> map = Objects.requireNonNull(tiers[1].map());
            map.set(GridKey.of(key), Envelope.seal(GridKey.of(key), 7, "not mine".getBytes(StandardCharsets.UTF_8)));
            // As a reader repairs that found it there: nothing else is sent, so nothing else can have mended it.
            tiers[0].offer(key, record(7, "mine"));
            await().atMost(LONG).untilAsserted(() -> assertThat(text(found(tiers[0], key))).isEqualTo("mine"));
        }

        @Test
        void keys_of_one_shard_are_in_one_partition() {
            var partitions = instances[0].getPartitionService();
            for (int shard = 0; shard < 8; shard++) {
                int of = shard;
                assertThat(IntStream.range(0, 100).mapToObj(i -> GridKey.of(key(of, "p" + i)))
                        .map(key -> partitions.getPartition(key).getPartitionId())
                        .distinct()).hasSize(1);
            }
            assertThat(IntStream.range(0, 8)
                    .map(shard -> partitions.getPartition(GridKey.of(key(shard, "p"))).getPartitionId())
                    .distinct().count()).isGreaterThan(4);
        }

        @Test
        void a_member_that_does_not_answer_costs_each_read_its_limit_until_the_breaker_opens() throws InterruptedException {
            int frozen = shardsOwnedBy(instances[1]).findFirst().orElseThrow();
            int well = shardsOwnedBy(instances[0]).findFirst().orElseThrow();
            HotKey there = key(frozen, "there");
            HotKey here = key(well, "here");
            tiers[0].offer(there, record(1, "x"));
            tiers[0].offer(here, record(1, "x"));
            awaitFound(tiers[0], List.of(there, here), 1);
            IMap<GridKey, Object> map = Objects.requireNonNull(tiers[0].map());
            try (Freeze freeze = Freeze.of(map, GridKey.of(there))) {
                freeze.awaitFrozen();
                Duration limit = Duration.ofMillis(100);
                for (int i = 0; i < 20 && tiers[0].counts().refused() == 0; i++)
                    assertThat(tiers[0].get(List.of(there), limit)).isEmpty();
                assertThat(tiers[0].counts().timeouts()).isBetween(1L, 20L);
                assertThat(tiers[0].counts().refused()).isPositive();
                assertThat(tiers[0].health()).satisfies(health -> {
                    assertThat(health.state()).isEqualTo("degraded");
                    assertThat(health.detail()).contains("[" + frozen + "]");
                });
                assertThat(tiers[0].get(List.of(there, here), GENEROUS)).containsKey(here);
            }
            awaitFound(tiers[0], List.of(there, here), 1);
            awaitState(tiers[0], "up");
        }

        private static IntStream shardsOwnedBy(HazelcastInstance instance) {
            return IntStream.range(0, 8)
                    .filter(shard -> instance.getCluster().getLocalMember()
                            .equals(instance.getPartitionService().getPartition(new GridKey(shard, 1, "x")).getOwner()));
        }

        private HotKey key(int shard, String key) {
            return new HotKey(new ShardId(shard), space, new MemoryKey(key));
        }
    }

    @Test
    void losing_a_member_loses_at_most_entries(@TempDir Path folder) {
        Loopback cluster = new Loopback(3, folder).hot(16 << 20, 1);
        List<HazelcastInstance> instances = new ArrayList<>();
        List<HazelcastHotTier> tiers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            int rank = i;
            tiers.add(HazelcastHotTier.open(cluster.node(i), HotMember.start("n" + i, () -> {
                HazelcastInstance instance = Hazelcast.newHazelcastInstance(MemberSettings.of(cluster.node(rank)));
                synchronized (instances) {
                    if (rank == 2 && instances.stream().noneMatch(other -> other.getName().equals(instance.getName())))
                        instances.add(instance);
                }
                return instance;
            })));
        }
        try {
            for (HazelcastHotTier tier : tiers) awaitState(tier, "up");
            List<HotKey> keys = IntStream.range(0, 400)
                    .mapToObj(i -> new HotKey(new ShardId(i % 8), new SpaceId(1), new MemoryKey("k" + i)))
                    .toList();
            for (HotKey key : keys) tiers.get(0).offer(key, record(2, key.key().value()));
            awaitFound(tiers.get(0), keys, 2);
            awaitBackups(instances.getFirst());
            instances.getFirst().getLifecycleService().terminate();
            // With a backup not even entries are lost, and the member comes back by itself.
            awaitFound(tiers.get(1), keys, 2);
            tiers.get(1).get(keys, GENEROUS)
                    .forEach((key, record) -> assertThat(text(record)).isEqualTo(key.key().value()));
            for (HazelcastHotTier tier : tiers) awaitState(tier, "up");
            awaitFound(tiers.get(2), keys, 2);
        } finally {
            for (HazelcastHotTier tier : tiers) tier.close();
        }
    }

    @Test
    void one_member_stays_within_its_bytes_listens_on_its_own_address_only_and_closes(@TempDir Path folder) {
        Loopback cluster = new Loopback(1, folder).hot(2 << 20, 0);
        HazelcastHotTier tier = (HazelcastHotTier) HazelcastHotTier.open(cluster.node(0));
        try {
            awaitState(tier, "up");
            assertThat(Listening.onPort(cluster.node(0).selfMember().hotPort())).containsExactly(Loopback.HOST);
            int size = 4_096;
            int offered = 4_000;
            AtomicInteger next = new AtomicInteger();
            // What finds no room in the queue, or is not taken in time, is given up: it goes on until enough has been sent.
            await().atMost(LONG).until(() -> {
                for (int i = 0; i < 250; i++) {
                    int number = next.getAndIncrement();
                    HotKey key = new HotKey(new ShardId(number % 8), new SpaceId(1), new MemoryKey("k" + number));
                    tier.offer(key, new HotRecord(1, new byte[size]));
                }
                return tier.counts().sent() >= offered;
            });
            // Which records stay is the grid's choice: the one sent last may have made room for others of its batch.
            await().atMost(LONG).untilAsserted(() -> {
                assertThat(tier.health().entries()).isBetween(200L, 600L);
                assertThat(tier.health().bytes()).isBetween(1L << 20, 2_300_000L);
            });
        } finally {
            tier.close();
        }
        assertThat(tier.health().state()).isEqualTo("down");
        assertThat(tier.get(List.of(new HotKey(new ShardId(0), new SpaceId(1), new MemoryKey("k0"))), GENEROUS)).isEmpty();
        assertThat(Listening.onPort(cluster.node(0).selfMember().hotPort())).isEmpty();
    }

    @Test
    void a_member_that_cannot_start_is_tried_again(@TempDir Path folder) {
        Loopback cluster = new Loopback(1, folder);
        AtomicInteger tries = new AtomicInteger();
        HotMember member = HotMember.start("n0", () -> {
            if (tries.incrementAndGet() < 3) throw new IllegalStateException("port is taken");
            return Hazelcast.newHazelcastInstance(MemberSettings.of(cluster.node(0)));
        });
        try (HazelcastHotTier tier = HazelcastHotTier.open(cluster.node(0), member)) {
            HotKey key = new HotKey(new ShardId(0), new SpaceId(1), new MemoryKey("a"));
            await().atMost(LONG).until(() -> tier.health().detail().contains("port is taken"));
            assertThat(tier.health().state()).isEqualTo("down");
            tier.offer(key, record(1, "x"));
            assertThat(tier.get(List.of(key), GENEROUS)).isEmpty();
            awaitState(tier, "up");
            tier.offer(key, record(1, "x"));
            awaitFound(tier, List.of(key), 1);
        }
    }

    private static void awaitState(HotTier tier, String state) {
        await().atMost(LONG).until(() -> tier.health().state(), state::equals);
    }

    private static void awaitFound(HotTier tier, List<HotKey> keys, long version) {
        await().atMost(LONG).untilAsserted(() -> {
            Map<HotKey, HotRecord> found = tier.get(keys, GENEROUS);
            assertThat(found).hasSize(keys.size());
            assertThat(found.values()).allMatch(record -> record.version() == version);
        });
    }

    /// Every record is where it belongs, and its backups too.
    private static void awaitBackups(HazelcastInstance instance) {
        await().atMost(LONG).until(() -> instance.getPartitionService().isClusterSafe());
    }

    private static HotRecord found(HotTier tier, HotKey key) {
        Map<HotKey, HotRecord> found = tier.get(List.of(key), GENEROUS);
        assertThat(found).containsOnlyKeys(key);
        return Objects.requireNonNull(found.get(key));
    }

    private static HotRecord record(long version, String text) {
        return new HotRecord(version, text.getBytes(StandardCharsets.UTF_8));
    }

    private static String text(HotRecord record) {
        return new String(record.bytes(), StandardCharsets.UTF_8);
    }

    record Foreign(String text) implements Serializable {
        private static final long serialVersionUID = 1;
    }

    /// Holds the thread of a key's partition, on whichever member owns it.
    private static final class Freeze implements AutoCloseable {
        private static volatile CountDownLatch frozen = new CountDownLatch(1);
        private static volatile CountDownLatch thaw = new CountDownLatch(1);

        static Freeze of(IMap<GridKey, Object> map, GridKey key) {
            frozen = new CountDownLatch(1);
            thaw = new CountDownLatch(1);
            map.submitToKey(key, new Hold());
            return new Freeze();
        }

        void awaitFrozen() throws InterruptedException {
            assertThat(frozen.await(30, TimeUnit.SECONDS)).isTrue();
        }

        @Override
        public void close() {
            thaw.countDown();
        }

        private static final class Hold implements EntryProcessor<GridKey, Object, Object> {
            private static final long serialVersionUID = 1;

            @Override
            public Object process(Map.Entry<GridKey, Object> entry) {
                frozen.countDown();
                try {
                    return thaw.await(60, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }

            @Override
            public @Nullable EntryProcessor<GridKey, Object, Object> getBackupProcessor() {
                return null;
            }
        }
    }
}
