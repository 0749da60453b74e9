package io.engram.grid.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ReadGate;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.Submission;
import io.engram.grid.memory.View;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.session.Sessions;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.memory.shard.TestShard;
import io.engram.grid.memory.shard.Wire;
import io.engram.grid.tier.hot.NoHotTier;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A recall over three shards of one node, of which some are not searched to the end by the deadline.
@Timeout(60)
class PartialRecallTest {
    private static final List<ShardId> SHARDS = List.of(new ShardId(0), new ShardId(1), new ShardId(2));
    private static final int MEMORIES = 60;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Map<ShardId, TestShard> shards = new TreeMap<>();
    private final Set<ShardId> slow = ConcurrentHashMap.newKeySet();
    private final AtomicInteger cutOff = new AtomicInteger();

    /// Threads for which it is later: those that search a slow shard, and those that wait for them.
    private final Set<Thread> late = ConcurrentHashMap.newKeySet();

    private volatile Duration lateBy = LONG;
    private final Map<ShardId, Thread> waiting = new ConcurrentHashMap<>();
    private final MonotonicClock clock = () -> System.nanoTime() + (late.contains(Thread.currentThread()) ? lateBy.toNanos() : 0);
    private final Space space;
    private final LocalReads reads;

    PartialRecallTest() {
        TestShard catalog = ReadFixture.shardWith(0, SHARDS.size());
        space = ReadFixture.spaceIn(catalog);
        for (ShardId shard : SHARDS) {
            TestShard replica = shard.equals(ReadFixture.SHARD) ? catalog : new TestShard(shard.value());
            if (replica != catalog) replica.apply(Wire.install(space));
            shards.put(shard, replica);
        }
        for (int i = 0; i < MEMORIES; i++) of(space.shardOf(new MemoryKey("k" + i))).apply(Wire.put(space, "k" + i, "text of k" + i));
        ReadGate gate = (shard, consistency, positions, deadline) -> {
            waiting.put(shard, Thread.currentThread());
            return ReadFixture.OPEN.pass(shard, consistency, positions, deadline);
        };
        reads = new LocalReads(
                ReadFixture.SELF, gate,
                SHARDS.stream().collect(Collectors.toMap(Function.identity(), shard -> watched(shard, of(shard).state))),
                SHARDS.stream().collect(Collectors.toMap(
                        Function.identity(), shard -> new Records(shard, of(shard).segments, new NoHotTier(), clock))),
                clock);
    }

    @AfterEach
    void stop() {
        reads.close();
    }

    private TestShard of(ShardId shard) {
        TestShard found = shards.get(shard);
        if (found == null) throw new IllegalStateException("no shard " + shard);
        return found;
    }

    /// A search of a slow shard finds that it is later when it first looks at the clock.
    private ShardReads watched(ShardId shard, ShardReads real) {
        return Interposed.after(ShardReads.class, real, (read, reading) -> read.getName().equals("read")
                ? Interposed.after(ShardReading.class, (ShardReading) reading, (rows, view) -> rows.getName().equals("rows")
                        ? Interposed.before(SegmentStore.View.class, (SegmentStore.View) view, (called, arguments) -> {
                            if (!called.getName().equals("search") || arguments == null || !slow.contains(shard)) return;
                            Runnable look = (Runnable) arguments[arguments.length - 1];
                            arguments[arguments.length - 1] = (Runnable) () -> lookLate(shard, look);
                        })
                        : view)
                : reading);
    }

    private void lookLate(ShardId shard, Runnable look) {
        Thread waits = waiting.get(shard);
        if (waits != null) late.add(waits);
        late.add(Thread.currentThread());
        try {
            look.run();
        } catch (RefusedException e) {
            cutOff.incrementAndGet();
            throw e;
        } finally {
            // The next search may be another shard's.
            late.remove(Thread.currentThread());
        }
    }

    private Answer<Memories.Recalled> recall(boolean allowPartial) {
        Submission none = (shard, command, deadline) -> CompletableFuture.failedFuture(new IllegalStateException("nothing is written here"));
        var logs = new StandingLogs(SHARDS.stream().collect(Collectors.toMap(Function.identity(), s -> StandingLog.following(s, ReadFixture.SELF))));
        var peers = new PeerCalls(ReadFixture.SELF, (to, question, deadline) -> CompletableFuture.failedFuture(new IOException("down")));
        var routes = new ShardRoutes(ReadFixture.SELF, reads, logs, new LeaderHints(ReadFixture.SELF, logs), peers, clock);
        var spaces = new RoutedSpaces(
                SHARDS.size(), none, new SpaceSettling(none), routes, Optional.of(of(ReadFixture.SHARD).state), clock, InstantSource.system());
        var memories = new RoutedMemories(ReadFixture.SELF, spaces, none, new Sessions(none, new ManualTime(), clock), routes, clock);
        var query = new Memories.Query(Embedding.of(1, 2), MEMORIES, Optional.empty(), OptionalDouble.empty(), allowPartial);
        return memories.recall(ReadFixture.SPACE, query, View.FULL, new Consistency.Linearizable(), Deadline.after(LONG, clock));
    }

    private Set<String> textsIn(List<ShardId> in) {
        var texts = new HashSet<String>();
        for (ShardId shard : in) texts.addAll(of(shard).recordedTexts);
        return texts;
    }

    @Test
    void has_everything_when_no_shard_is_slow() {
        var answer = recall(true);
        assertThat(answer.proof().missing()).isEmpty();
        assertThat(answer.value().matches()).hasSize(MEMORIES);
        assertThat(cutOff).hasValue(0);
    }

    @Test
    void names_the_shard_whose_search_was_cut_off_and_has_all_that_the_others_hold() {
        var missing = new ShardId(1);
        var others = new ArrayList<>(SHARDS);
        others.remove(missing);
        slow.add(missing);
        assertThat(textsIn(List.of(missing))).as("would be missed").isNotEmpty();

        var answer = recall(true);

        assertThat(cutOff).as("searches cut off").hasValue(1);
        assertThat(answer.proof().missing()).containsExactly(missing);
        assertThat(answer.proof().shards()).extracting(proof -> proof.applied().shard()).containsExactlyElementsOf(others);
        assertThat(answer.value().matches()).extracting(match -> match.memory().observation().text())
                .containsExactlyInAnyOrderElementsOf(textsIn(others));
        assertThat(answer.value().considered()).isEqualTo(textsIn(others).size());
    }

    @Test
    void fails_with_what_the_slow_shard_said_when_all_of_them_are_wanted() {
        slow.add(new ShardId(1));
        var refused = catchThrowableOfType(RefusedException.class, () -> recall(false));
        assertThat(cutOff).as("searches cut off").hasValue(1);
        assertThat(refused.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
        assertThat(refused).hasMessageContaining("searching shard 1");
    }

    @Test
    void leaves_time_to_put_the_rest_together() {
        slow.add(new ShardId(1));
        lateBy = LONG.multipliedBy(9).dividedBy(10);
        assertThat(recall(true).proof().missing()).containsExactly(new ShardId(1));
        late.clear();
        var whole = recall(false);
        assertThat(whole.proof().missing()).isEmpty();
        assertThat(whole.value().matches()).hasSize(MEMORIES);
    }

    @Test
    void fails_when_no_shard_was_searched_to_the_end() {
        slow.addAll(SHARDS);
        var refused = catchThrowableOfType(RefusedException.class, () -> recall(true));
        assertThat(refused.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
        assertThat(refused).hasMessageContaining("searching shard");
    }
}
