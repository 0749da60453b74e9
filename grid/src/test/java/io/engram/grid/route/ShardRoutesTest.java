package io.engram.grid.route;

import static io.engram.grid.route.ReadFixture.SELF;
import static io.engram.grid.route.ReadFixture.SHARD;
import static io.engram.grid.route.ReadFixture.SPACE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.freshness.ShardProof;
import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.View;
import io.engram.grid.memory.segment.MemorySegmentStore;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.memory.shard.TestShard;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.ShardAnswer;
import io.engram.grid.wire.ShardReadAnswer;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Which replica a read is brought to, and how much time each of them has.
@Timeout(60)
class ShardRoutesTest {
    private static final Consistency LINEARIZABLE = new Consistency.Linearizable();
    private static final NodeId B = new NodeId("b");
    private static final NodeId C = new NodeId("c");
    private static final ShardQuestion.Get ONE_KEY = new ShardQuestion.Get(new SpaceId(1), List.of(new MemoryKey("k1")), View.FULL);

    @Nested
    class Work_that_takes_longer_than_an_attempt {
        @Test
        void is_finished_here_within_the_callers_deadline() {
            var time = new ManualTime();
            TestShard shard = ReadFixture.shardWith(2_000);
            // Two milliseconds a row: four seconds in all.
            ShardReads slow = slowed(shard.state, () -> time.advance(Duration.ofMillis(2)));
            try (var fixture = new ReadFixture(Optional.of(slow), shard.segments, (node, question) -> ReadFixture.silence(), time)) {
                var only = new Filter.Equal("size", new AttributeValue.Whole("text of k1999".length() + 1));
                var page = fixture.memories().list(
                        SPACE, "", Optional.of(only), Optional.empty(), 10, View.FULL, LINEARIZABLE, time.in(Duration.ofSeconds(6)));
                assertThat(page.value().memories()).isEmpty();
                assertThat(page.proof().node()).isEqualTo(SELF);
                assertThat(time.nanos()).isGreaterThan(ShardRoutes.ATTEMPT.toNanos());
            }
        }

        @Test
        void is_waited_for_elsewhere_as_long_as_the_node_gives_signs_of_life() {
            ReadFixture.Script slow = (node, question) -> question.hasTerms()
                    ? CompletableFuture.completedFuture(ReadFixture.alive())
                    : new CompletableFuture<PeerAnswer>()
                            .completeOnTimeout(from(node), ShardRoutes.ATTEMPT.multipliedBy(2).toMillis(), TimeUnit.MILLISECONDS);
            try (var fixture = elsewhere(slow);
                    var read = fixture.routes.read(SHARD, ONE_KEY, LINEARIZABLE, in(Duration.ofSeconds(30)))) {
                assertThat(fixture.queried).hasSize(1);
                assertThat(read.node()).isEqualTo(fixture.queried.getFirst());
            }
        }
    }

    @Test
    void a_node_that_gives_no_sign_of_life_is_left_for_another() {
        ReadFixture.Script script =
                (node, question) -> node.equals(C) ? CompletableFuture.completedFuture(from(node)) : ReadFixture.silence();
        try (var fixture = elsewhere(script);
                var read = fixture.routes.read(SHARD, ONE_KEY, LINEARIZABLE, in(Duration.ofSeconds(30)))) {
            assertThat(read.node()).isEqualTo(C);
            assertThat(fixture.queried).doesNotHaveDuplicates();
        }
    }

    @Test
    void elsewhere_the_gate_has_an_attempt_and_the_work_the_whole_time() {
        try (var fixture = elsewhere((node, question) -> CompletableFuture.completedFuture(from(node)));
                var read = fixture.routes.read(SHARD, ONE_KEY, LINEARIZABLE, in(Duration.ofSeconds(30)))) {
            assertThat(read.value()).isEmpty();
            assertThat(fixture.queries).singleElement().satisfies(query -> {
                assertThat(query.getGateTimeoutMs()).isBetween(1, (int) ShardRoutes.ATTEMPT.toMillis());
                assertThat(query.getTimeoutMs()).isBetween(20_000, 30_000);
            });
        }
    }

    @Nested
    class A_damaged_record {
        private final TestShard shard = ReadFixture.shardWith(5);
        private final SegmentStore damaged = damaged(shard.segments, "k3");
        private final LocalReads intact =
                ReadFixture.reads(B, Optional.of(shard.state), shard.segments, MonotonicClock.SYSTEM);

        @Test
        void is_got_from_another_replica() {
            try (var fixture = fixture(ReadFixture.serving(intact, MonotonicClock.SYSTEM))) {
                var got = fixture.memories().get(SPACE, new MemoryKey("k3"), View.FULL, LINEARIZABLE, in(Duration.ofSeconds(30)));
                assertThat(got.value().orElseThrow().observation().text()).isEqualTo("text of k3");
                assertThat(got.proof().node()).isEqualTo(B);
                assertThat(got.proof().shards()).extracting(ShardProof::role).containsExactly(Optional.of(ReplicaView.Role.LEADER));
            }
        }

        @Test
        void is_listed_from_another_replica() {
            try (var fixture = fixture(ReadFixture.serving(intact, MonotonicClock.SYSTEM))) {
                var page = list(fixture);
                assertThat(page.value().memories()).extracting(m -> m.observation().text())
                        .containsExactly("text of k1", "text of k2", "text of k3", "text of k4", "text of k5");
                assertThat(page.proof().node()).isEqualTo(B);
            }
        }

        @Test
        void is_recalled_from_another_replica() {
            try (var fixture = fixture(ReadFixture.serving(intact, MonotonicClock.SYSTEM))) {
                var query = new Memories.Query(Embedding.of(1, 2), 5, Optional.empty(), OptionalDouble.empty(), false);
                var recalled = fixture.memories().recall(SPACE, query, View.FULL, LINEARIZABLE, in(Duration.ofSeconds(30)));
                assertThat(recalled.value().matches()).extracting(m -> m.memory().observation().text())
                        .containsExactlyInAnyOrder("text of k1", "text of k2", "text of k3", "text of k4", "text of k5");
                assertThat(recalled.proof().node()).isEqualTo(B);
            }
        }

        @Test
        void is_named_if_no_other_replica_can_be_asked() {
            try (var fixture = fixture((node, question) -> CompletableFuture.failedFuture(new IOException("down")))) {
                var refused = catchThrowableOfType(RefusedException.class, () -> list(fixture, Duration.ofSeconds(3)));
                assertThat(refused.reason()).isEqualTo(Reason.NOT_READY);
                assertThat(refused).hasMessageContaining("k3.rows");
            }
        }

        private ReadFixture fixture(ReadFixture.Script others) {
            return new ReadFixture(Optional.of(shard.state), damaged, others, MonotonicClock.SYSTEM);
        }

        private Answer<Memories.Page> list(ReadFixture fixture) {
            return list(fixture, Duration.ofSeconds(30));
        }

        private Answer<Memories.Page> list(ReadFixture fixture, Duration limit) {
            return fixture.memories().list(SPACE, "", Optional.empty(), Optional.empty(), 10, View.FULL, LINEARIZABLE, in(limit));
        }
    }

    private static ReadFixture elsewhere(ReadFixture.Script script) {
        return new ReadFixture(Optional.empty(), new MemorySegmentStore(), script, MonotonicClock.SYSTEM);
    }

    /// An answer without any memory.
    private static PeerAnswer from(NodeId node) {
        var proof = new ShardProof(
                new Position(SHARD, 1), ShardProof.How.FENCED_LEADER,
                Optional.of(Duration.ZERO), 1, Optional.of(ReplicaView.Role.FOLLOWER));
        var answer = ShardReadAnswer.newBuilder().setNode(node.value()).setProof(QueryFormat.of(proof));
        return PeerAnswer.newBuilder()
                .setQuery(ShardAnswer.newBuilder().setAnswer(answer.build().toByteString()))
                .build();
    }

    private static ShardReads slowed(ShardReads real, Runnable perRow) {
        return Interposed.after(ShardReads.class, real, (read, reading) -> read.getName().equals("read")
                ? Interposed.after(ShardReading.class, (ShardReading) reading, (rows, view) -> rows.getName().equals("rows")
                        ? Interposed.before(SegmentStore.View.class, (SegmentStore.View) view, (looked, row) -> {
                            if (looked.getName().equals("matches")) perRow.run();
                        })
                        : view)
                : reading);
    }

    /// What it has written of this key cannot be read.
    private static SegmentStore damaged(SegmentStore real, String key) {
        return Interposed.before(SegmentStore.class, real, (method, arguments) -> {
            if (!method.getName().equals("read") || arguments == null) return;
            if (real.read((SegmentStore.RowId) arguments[0]).observation().key().value().equals(key))
                throw new DamagedFileException(Path.of(key + ".rows"), "checksum does not match");
        });
    }

    private static Deadline in(Duration duration) {
        return Deadline.after(duration, MonotonicClock.SYSTEM);
    }
}
