package io.engram.grid;

import static io.engram.grid.Samples.LINEARIZABLE;
import static io.engram.grid.Samples.createSpace;
import static io.engram.grid.Samples.deadline;
import static io.engram.grid.Samples.key;
import static io.engram.grid.Samples.newName;
import static io.engram.grid.Samples.put;
import static io.engram.grid.Samples.request;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.memory.Memory;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.View;
import io.engram.grid.tier.hot.HotTier.HotKey;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import io.engram.grid.tier.hot.Meddling;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/// Whatever the grid in RAM comes to hold, answers are right; they only come from the segment then, and say so.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class LyingHotTierTest {
    private LocalCluster cluster;
    private Meddling meddling;
    private Space space;

    @BeforeAll
    void start(@TempDir Path folder) {
        cluster = LocalCluster.start(folder, 3, 1);
        meddling = new Meddling(cluster.name());
        space = createSpace(cluster.any(), newName());
    }

    @AfterAll
    void stop() {
        cluster.close();
    }

    @Test
    @Order(1)
    void an_older_version_is_not_served() {
        HotRecord old = writtenHot("older", "first");
        writtenHot("older", "second");
        assertServedFromSegment("older", "second", () -> meddling.put(hotKey("older"), old.version(), old.bytes()));
    }

    @Test
    @Order(1)
    void old_bytes_under_the_new_version_are_not_served() {
        HotRecord old = writtenHot("disguised", "first");
        HotRecord now = writtenHot("disguised", "second");
        assertServedFromSegment("disguised", "second", () -> meddling.put(hotKey("disguised"), now.version(), old.bytes()));
        // A lie of the right version is no end of the grid for this key: the read that found it repairs it.
        await().atMost(LocalCluster.PATIENCE).untilAsserted(() -> {
            assertThat(read(cluster.any(), "disguised").tier()).isEqualTo(Memory.Tier.HOT);
            assertThat(meddling.peek(hotKey("disguised")).orElseThrow().bytes()).isEqualTo(now.bytes());
        });
    }

    @Test
    @Order(1)
    void another_memorys_record_is_not_served() {
        HotRecord other = writtenHot("other", "not yours");
        HotRecord own = writtenHot("own", "mine");
        assertServedFromSegment("own", "mine", () -> meddling.put(hotKey("own"), own.version(), other.bytes()));
        assertServedFromSegment("own", "mine", () -> meddling.copy(hotKey("other"), hotKey("own")));
    }

    @Test
    @Order(1)
    void bytes_of_nobody_are_not_served() {
        HotRecord own = writtenHot("garbage", "mine");
        assertServedFromSegment("garbage", "mine", () -> meddling.put(hotKey("garbage"), own.version(), "no record".getBytes(StandardCharsets.UTF_8)));
        assertServedFromSegment("garbage", "mine", () -> meddling.put(hotKey("garbage"), "not even bytes"));
    }

    @Test
    @Order(1)
    void a_version_from_the_future_is_not_served() {
        HotRecord own = writtenHot("future", "mine");
        assertServedFromSegment("future", "mine", () -> meddling.put(hotKey("future"), own.version() + 1_000_000, own.bytes()));
    }

    @Test
    @Order(1)
    void a_forgotten_memory_does_not_come_back() {
        HotRecord old = writtenHot("forgotten", "gone");
        cluster.any().memories().forget(space.name(), key("forgotten"), 0, request(), deadline());
        meddling.put(hotKey("forgotten"), old.version(), old.bytes());
        for (Grid grid : cluster.grids())
            assertThat(grid.memories().get(space.name(), key("forgotten"), View.FULL, LINEARIZABLE, deadline()).value()).isEmpty();
    }

    @Test
    @Order(2)
    void without_any_grid_in_ram_all_goes_on() {
        put(cluster.any(), space.name(), "before", "b");
        meddling.terminateAll();
        put(cluster.any(), space.name(), "after", "a");
        for (Grid grid : cluster.grids()) {
            assertThat(read(grid, "before").observation().text()).isEqualTo("b");
            assertThat(read(grid, "after").observation().text()).isEqualTo("a");
            await().atMost(LocalCluster.PATIENCE).until(() -> grid.health().ready());
        }
        await().atMost(LocalCluster.PATIENCE).untilAsserted(
                () -> assertThat(cluster.any().health().complaints()).anyMatch(complaint -> complaint.startsWith("hot-")));
    }

    /// Writes, and waits until the grid serves just that.
    private HotRecord writtenHot(String name, String text) {
        long version = put(cluster.any(), space.name(), name, text).version();
        await().atMost(LocalCluster.PATIENCE).untilAsserted(() -> {
            Memory memory = read(cluster.any(), name);
            assertThat(memory.observation().text()).isEqualTo(text);
            assertThat(memory.tier()).isEqualTo(Memory.Tier.HOT);
        });
        HotRecord record = meddling.peek(hotKey(name)).orElseThrow();
        assertThat(record.version()).isEqualTo(version);
        return record;
    }

    /// The answer is right at once, and every time. That it comes from the segment may take a few lies: an offer of the right
    /// record that was still under way overwrites them.
    private void assertServedFromSegment(String name, String text, Runnable lie) {
        for (int lies = 0; lies < 20; lies++) {
            lie.run();
            Memory memory = read(cluster.any(), name);
            assertThat(memory.observation().text()).isEqualTo(text);
            assertThat(memory.observation().key()).isEqualTo(key(name));
            assertThat(memory.adjustedConfidence()).isLessThanOrEqualTo(memory.observation().confidence());
            for (Grid grid : cluster.grids()) assertThat(read(grid, name).observation().text()).isEqualTo(text);
            if (memory.tier() == Memory.Tier.WARM) return;
        }
        throw new AssertionError("twenty lies, and never an answer from the segment");
    }

    private Memory read(Grid grid, String name) {
        return grid.memories().get(space.name(), key(name), View.FULL, LINEARIZABLE, deadline()).value().orElseThrow();
    }

    private HotKey hotKey(String name) {
        MemoryKey key = key(name);
        return new HotKey(space.shardOf(key), space.id(), key);
    }
}
