package io.engram.jepsen.controls;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.Entry;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.memory.segment.FileSegmentStore;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.memory.shard.Applied;
import io.engram.grid.memory.shard.ShardReading;
import io.engram.grid.memory.shard.ShardReading.Located;
import io.engram.grid.memory.shard.ShardState;
import io.engram.grid.route.SystemTimers;
import io.engram.grid.tier.hot.HotTier;
import io.engram.grid.tier.hot.HotTier.HotKey;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import io.engram.grid.tier.hot.NoHotTier;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.InstallSpace;
import io.engram.grid.wire.NumberedObservation;
import io.engram.grid.wire.OpenSession;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.SessionBatch;
import io.engram.grid.wire.SettleSession;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Switches that break what a shard remembers and what the hot tier may serve.
class StateControlsTest {
    private static final ShardId SHARD = new ShardId(0);
    private static final SpaceId SPACE = new SpaceId(1);

    @TempDir
    private Path folder;

    @Test
    void drop_dedupe_records_twice_what_is_sent_twice() throws IOException {
        assertThat(recordedWhenSentTwice("sound")).isEqualTo(3);
        try (var _ = new Broken(Switch.DROP_DEDUPE)) {
            assertThat(recordedWhenSentTwice("broken")).isEqualTo(6);
        }
    }

    private long recordedWhenSentTwice(String name) throws IOException {
        try (SystemTimers timers = new SystemTimers("test");
                SegmentStore segments = FileSegmentStore.open(folder.resolve(name), SHARD);
                ShardState state = new ShardState(SHARD, segments, MemoryConfig.DEFAULT, Applied.NOBODY, timers, MonotonicClock.SYSTEM)) {
            Space space = new Space(
                    SPACE, new SpaceName("test"), 2, Similarity.COSINE, List.of(SHARD), SpaceLimits.DEFAULT, Instant.EPOCH, 1);
            apply(state, 1, Command.newBuilder().setInstallSpace(InstallSpace.newBuilder().setSpace(WireFormat.of(space))));
            var opened = apply(state, 2, Command.newBuilder().setOpenSession(OpenSession.newBuilder().setSpace(1).setSession("s"))).getSession();
            apply(state, 3, Command.newBuilder().setSettleSession(SettleSession.newBuilder()
                    .setSpace(1).setSession("s").setIncarnation(opened.getIncarnation()).setStream(opened.getStream())));
            SessionBatch.Builder batch = SessionBatch.newBuilder()
                    .setSpace(1).setSession("s").setIncarnation(opened.getIncarnation()).setStream(opened.getStream()).setThrough(3);
            for (int i = 1; i <= 3; i++)
                batch.addItems(NumberedObservation.newBuilder().setNumber(i).setObservation(WireFormat.of(observation("k" + i, "text"))));
            for (int i = 4; i <= 5; i++)
                assertThat(apply(state, i, Command.newBuilder().setSessionBatch(batch)).hasSession()).isTrue();
            try (ShardReading reading = state.read()) {
                return reading.memories(SPACE);
            }
        }
    }

    private static Outcome apply(ShardState state, long index, Command.Builder command) throws IOException {
        return Outcome.parseFrom(state.apply(index, new Entry(Duration.ZERO, List.of(command.build().toByteArray()))).getFirst());
    }

    @Test
    void skip_version_check_serves_an_old_record_from_the_hot_tier() throws Throwable {
        assertThat(verifiedText()).isEmpty();
        try (var _ = new Broken(Switch.SKIP_VERSION_CHECK)) {
            assertThat(verifiedText()).contains("old");
        }
    }

    /// What is made of version 1, which the hot tier has, where the key table says 2.
    private Optional<String> verifiedText() throws Throwable {
        try (SegmentStore segments = FileSegmentStore.open(folder.resolve("records" + System.nanoTime()), SHARD)) {
            Space space = new Space(
                    SPACE, new SpaceName("test"), 2, Similarity.COSINE, List.of(SHARD), SpaceLimits.DEFAULT, Instant.EPOCH, 1);
            var row = segments.append(space, observation("k", "old"), 1);
            segments.publish(1);
            HotRecord hot = new HotRecord(1, segments.read(row).bytes());
            Object records = Hidden.make("io.engram.grid.route.Records", SHARD, segments, new NoHotTier(), MonotonicClock.SYSTEM);
            Located wanted = new Located(new MemoryKey("k"), 2, row, 0);
            return ((Optional<?>) Hidden.call(records, "verified", SPACE, wanted, hot)).map(o -> ((Observation) o).text());
        }
    }

    @Test
    void a_lossy_hot_tier_forgets_about_half_of_what_it_is_offered() throws Throwable {
        assertThat(taken(1_000)).isEqualTo(1_000);
        try (var _ = new Broken(Switch.LOSSY_HOT_TIER)) {
            assertThat(taken(1_000)).isBetween(300L, 700L);
        }
    }

    /// How many of so many offers a tier took up. Each is larger than all that may wait, so that it is given up, and counted, at once.
    private static long taken(int offers) throws Throwable {
        Supplier<Object> never = () -> {
            throw new IllegalStateException("no member");
        };
        Object member = Hidden.callStatic("io.engram.grid.tier.hot.HotMember", "start", "test", never);
        try (HotTier tier = (HotTier) Hidden.callStatic(
                "io.engram.grid.tier.hot.HazelcastHotTier", "open", Configs.of(new NodeId("n1")), member)) {
            byte[] large = new byte[2 << 20];
            for (int i = 0; i < offers; i++) tier.offer(new HotKey(SHARD, SPACE, new MemoryKey("k" + i)), new HotRecord(1, large));
            return tier.counts().dropped();
        }
    }

    private static Observation observation(String key, String text) {
        return new Observation(
                new MemoryKey(key), text, Optional.of(Embedding.of(1, 0)), 1, Instant.EPOCH, new TreeMap<>(), List.of());
    }
}
