package io.engram.grid.route;

import static io.engram.grid.route.ReadFixture.SELF;
import static io.engram.grid.route.ReadFixture.SHARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.View;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReads;
import io.engram.grid.memory.shard.TestShard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Searches end by their deadlines.
@Timeout(60)
class LocalReadsTest {
    private static final int ROWS = 2_000;
    private final TestShard shard = ReadFixture.shardWith(ROWS);
    private final ShardQuestion.Search best = new ShardQuestion.Search(
            ReadFixture.spaceIn(shard).id(), Embedding.of(1, 2), 5, Optional.empty(), OptionalDouble.empty(), View.KEYS);

    @Nested
    class A_search_that_runs {
        private final AtomicLong now = new AtomicLong();
        /// A millisecond passes from each look at the clock to the next: two seconds for the whole scan.
        private final MonotonicClock slow = () -> now.addAndGet(1_000_000);

        @Test
        void is_cut_off_at_its_deadline() {
            RefusedException refused = refused(Duration.ofSeconds(1));
            assertThat(refused.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
            assertThat(refused).hasMessageContaining("searching shard 0");
            assertThat(Duration.ofNanos(now.get())).isLessThan(Duration.ofMillis(1_100));
        }

        @Test
        void is_left_alone_if_it_has_the_time() {
            try (var reads = ReadFixture.reads(SELF, Optional.of(shard.state), shard.segments, slow);
                    var read = read(reads, slow, Duration.ofSeconds(10))) {
                assertThat(read.value().considered()).isEqualTo(ROWS);
            }
        }

        private RefusedException refused(Duration limit) {
            try (var reads = ReadFixture.reads(SELF, Optional.of(shard.state), shard.segments, slow)) {
                return catchThrowableOfType(RefusedException.class, () -> read(reads, slow, limit).close());
            }
        }
    }

    @Nested
    class A_search_that_waits_for_a_core {
        @Test
        void is_taken_back_at_its_deadline_and_never_begins() throws InterruptedException {
            int cores = Runtime.getRuntime().availableProcessors();
            var begun = new AtomicInteger();
            var release = new CountDownLatch(1);
            ShardReads held = held(shard.state, begun, release);
            List<Thread> others = new ArrayList<>();
            try (var reads = ReadFixture.reads(SELF, Optional.of(held), shard.segments, MonotonicClock.SYSTEM)) {
                for (int i = 0; i < cores; i++)
                    others.add(Thread.startVirtualThread(() -> read(reads, MonotonicClock.SYSTEM, Duration.ofMinutes(1)).close()));
                await().atMost(Duration.ofSeconds(30)).until(() -> begun.get() == cores);

                var refused = catchThrowableOfType(
                        RefusedException.class, () -> read(reads, MonotonicClock.SYSTEM, Duration.ofMillis(100)).close());

                assertThat(refused.reason()).isEqualTo(Reason.DEADLINE_EXCEEDED);
                release.countDown();
                for (Thread other : others) other.join();
                assertThat(begun).hasValue(cores);
            }
        }

        private static ShardReads held(ShardReads real, AtomicInteger begun, CountDownLatch release) {
            return Interposed.after(ShardReads.class, real, (read, reading) -> read.getName().equals("read")
                    ? Interposed.after(ShardReading.class, (ShardReading) reading, (rows, view) -> rows.getName().equals("rows")
                            ? Interposed.before(SegmentStore.View.class, (SegmentStore.View) view, (called, arguments) -> {
                                if (!called.getName().equals("search")) return;
                                begun.incrementAndGet();
                                release.await();
                            })
                            : view)
                    : reading);
        }
    }

    private ShardRoutes.Read<ShardQuestion.Search.Found> read(LocalReads reads, MonotonicClock clock, Duration limit) {
        Deadline deadline = Deadline.after(limit, clock);
        return reads.read(SHARD, best, new Consistency.Linearizable(), deadline, deadline);
    }
}
