package io.engram.grid.memory.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.session.Ingest.Item;
import io.engram.grid.memory.session.Ingest.Rejected;
import io.engram.grid.memory.shard.TestShard;
import io.engram.grid.memory.shard.Wire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletionException;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Clients that take one session from each other, over a way that loses, repeats, delays and reorders commands: what was
/// acknowledged is there, nothing is there twice, and each key's numbers were recorded in their order. `-Dseed=N` runs one again.
class UnreliableSessionsTest {
    private static final int NUMBERS = 1_500;
    private static final SessionId SESSION = new SessionId("contended");

    static List<Long> seeds() {
        Long given = Long.getLong("seed");
        if (given != null) return List.of(given);
        List<Long> seeds = new ArrayList<>();
        for (int i = 0; i < 60; i++) seeds.add(new Random().nextLong());
        return seeds;
    }

    private final Space space = Wire.space(5, 3, new SpaceLimits(Duration.ofHours(1), 0, 5));

    private final List<Throwable> faults = new ArrayList<>();

    /// Every seventh is no good; the others share twenty keys.
    private static Item item(long number) {
        return number % 7 == 0
                ? new Item.Bad("INVALID_ARGUMENT", "text", "seven")
                : new Item.Good(Wire.observation(key(number), Long.toString(number)));
    }

    private static String key(long number) {
        return "key" + number * 31 % 20;
    }

    private final class Client {
        private final ShardsInMemory shards;
        private final Sessions sessions;
        private final Random random;
        private final TreeSet<Long> rejectionsSeen = new TreeSet<>();
        private final Map<Reason, Integer> failures;
        private long acknowledged;
        private long generation;

        Client(ShardsInMemory shards, Random random, Map<Reason, Integer> failures) {
            this.shards = shards;
            this.sessions = new Sessions(shards, shards.time, shards.time);
            this.random = random;
            this.failures = failures;
        }

        void open() {
            long mine = ++generation;
            var _ = sessions.open(space, SESSION, acknowledged, shards.time.in(Duration.ofSeconds(5))).whenComplete((ingest, failure) -> checked(() -> {
                if (failure != null) again(mine, failure);
                else opened(mine, ingest);
            }));
        }

        /// A future would swallow what a callback throws.
        private void checked(Runnable callback) {
            try {
                callback.run();
            } catch (RuntimeException | AssertionError e) {
                faults.add(e);
            }
        }

        private void opened(long mine, Ingest ingest) {
            assertThat(ingest.durableThrough()).as("durable mark").isGreaterThanOrEqualTo(acknowledged);
            learn(ingest.pendingRejections());
            acknowledge(ingest.durableThrough());
            send(mine, ingest, ingest.durableThrough() + 1);
        }

        /// Keeps a few calls under way.
        private void send(long mine, Ingest ingest, long from) {
            long next = from;
            for (int calls = 1 + random.nextInt(4); calls > 0 && next <= NUMBERS; calls--) {
                long last = Math.min(NUMBERS, next + random.nextInt(60));
                List<Item> items = LongStream.rangeClosed(next, last).mapToObj(UnreliableSessionsTest::item).toList();
                boolean goesOn = calls == 1;
                var _ = ingest.take(next, items, acknowledged, shards.time.in(Duration.ofSeconds(5))).whenComplete((taken, failure) -> checked(() -> {
                    if (mine != generation) return;
                    if (failure != null) {
                        again(mine, failure);
                        return;
                    }
                    learn(taken.rejections());
                    acknowledge(taken.durableThrough());
                    for (var at : taken.positions())
                        assertThat(shards.shards.get(at.shard().value()).state.published()).isGreaterThanOrEqualTo(at.index());
                    if (goesOn) send(mine, ingest, last + 1);
                }));
                next = last + 1;
            }
        }

        private void acknowledge(long through) {
            // What is acknowledged must be there now, not only in the end.
            for (long number = acknowledged + 1; number <= through; number++)
                if (number % 7 != 0) assertThat(shards.numberAt(key(number))).isGreaterThanOrEqualTo(number);
            acknowledged = Math.max(acknowledged, through);
        }

        private void learn(List<Rejected> rejections) {
            assertThat(rejections).extracting(Rejected::number).isSorted();
            rejections.forEach(rejected -> rejectionsSeen.add(rejected.number()));
        }

        private void again(long mine, Throwable failure) {
            if (mine != generation) return;
            generation++;
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (!(cause instanceof RefusedException refused)) throw new AssertionError("client failed", failure);
            failures.merge(refused.reason(), 1, Integer::sum);
            // Nothing here lasts as long as the session's idle time.
            assertThat(refused.reason()).isNotEqualTo(Reason.SESSION_EXPIRED);
            if (acknowledged < NUMBERS) shards.time.after(Duration.ofMillis(random.nextInt(3_000)), this::open);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void nothing_acknowledged_is_lost_nothing_is_there_twice_and_order_is_kept(long seed) {
        System.out.println("seed=" + seed);
        Random random = new Random(seed);
        ShardsInMemory shards = new ShardsInMemory(space, seed);
        shards.faults = ShardsInMemory.Faults.MANY;
        Map<Reason, Integer> failures = new HashMap<>();
        List<Client> clients = List.of(new Client(shards, random, failures), new Client(shards, random, failures));
        clients.forEach(Client::open);
        for (int steps = 0; faults.isEmpty() && clients.stream().noneMatch(client -> client.acknowledged == NUMBERS); steps++) {
            assertThat(shards.time.step() && steps < 1_000_000).as("still under way, seed %s", seed).isTrue();
        }
        assertThat(faults).as("seed %s", seed).isEmpty();
        // What is still on its way must change nothing.
        shards.time.advance(Duration.ofMinutes(1));

        List<Long> recorded = new ArrayList<>();
        for (TestShard shard : shards.shards) {
            Map<String, Long> lastOfKey = new TreeMap<>();
            for (String text : shard.recordedTexts) {
                long number = Long.parseLong(text);
                recorded.add(number);
                Long before = lastOfKey.put(key(number), number);
                assertThat(before == null || before < number).as("order of %s, seed %s", key(number), seed).isTrue();
                assertThat(space.shardOf(new MemoryKey(key(number)))).isEqualTo(shard.state.shard());
            }
        }
        List<Long> good = LongStream.rangeClosed(1, NUMBERS).filter(number -> number % 7 != 0).boxed().toList();
        assertThat(recorded.stream().sorted().toList()).as("recorded, seed %s", seed).isEqualTo(good);
        TreeSet<Long> learned = new TreeSet<>();
        clients.forEach(client -> learned.addAll(client.rejectionsSeen));
        assertThat(learned).containsExactlyElementsOf(
                LongStream.rangeClosed(1, NUMBERS).filter(number -> number % 7 == 0).boxed().toList());
        // Without takeovers and unknown outcomes nothing was tried.
        assertThat(failures.getOrDefault(Reason.SESSION_BUSY, 0) + failures.getOrDefault(Reason.OUTCOME_UNKNOWN, 0)).isPositive();
    }
}
