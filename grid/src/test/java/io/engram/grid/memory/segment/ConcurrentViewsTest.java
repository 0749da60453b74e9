package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.SegmentStore.Found;
import io.engram.grid.memory.segment.SegmentStore.Hit;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.segment.SegmentStore.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Readers beside a writer that replaces, publishes, seals and merges.
class ConcurrentViewsTest {
    private static final int KEYS = 200;
    private static final int ENTRY = 40;
    private static final int ENTRIES = 400;
    @TempDir Path folder;

    /// Every entry replaces the same number of keys: each view must show each key once, and nothing above its position.
    @ParameterizedTest
    @ValueSource(ints = {4, 48})
    void show_one_whole_position_as_long_as_they_are_open(int dimension) throws Exception {
        long seed = Rows.seed("concurrent views of dimension " + dimension);
        Space space = aSpace(1, dimension, Similarity.EUCLIDEAN);
        AtomicBoolean done = new AtomicBoolean();
        try (FileSegmentStore store = FileSegmentStore.open(folder.resolve("own"), Rows.SHARD);
                ExecutorService readers = Executors.newFixedThreadPool(3)) {
            RowId[] rows = new RowId[KEYS];
            Random random = new Random(seed);
            int version = 0;
            for (int key = 0; key < KEYS; key++)
                rows[key] = store.append(space, anObservation("k" + key, Rows.gaussian(random, dimension)), ++version);
            store.publish(version);
            List<Future<Integer>> checks = new ArrayList<>();
            for (int reader = 0; reader < 3; reader++) {
                Random own = new Random(seed + reader);
                checks.add(readers.submit(() -> {
                    int views = 0;
                    while (!done.get() || views == 0) {
                        check(store, space, own);
                        views++;
                    }
                    return views;
                }));
            }
            Path snapshots = Files.createDirectories(folder.resolve("snapshots"));
            try {
                for (int entry = 1; entry <= ENTRIES; entry++) {
                    for (int i = 0; i < ENTRY; i++) {
                        int key = random.nextInt(KEYS);
                        store.kill(space, rows[key], ++version);
                        rows[key] = store.append(space, anObservation("k" + key, Rows.gaussian(random, dimension)), version);
                    }
                    store.publish(version);
                    if (entry % 10 == 0) store.seal(snapshots);
                }
            } finally {
                done.set(true);
            }
            for (Future<Integer> check : checks) assertThat(check.get(60, TimeUnit.SECONDS)).isPositive();
        }
    }

    private static void check(FileSegmentStore store, Space space, Random random) throws IOException {
        Embedding query = Embedding.of(Rows.gaussian(random, space.dimension()));
        try (View view = store.view()) {
            Found first = view.search(space, query, KEYS + 1, Optional.empty(), OptionalDouble.empty(), () -> {});
            assertThat(first.hits()).extracting(Hit::key).doesNotHaveDuplicates().hasSize(KEYS);
            assertThat(first.hits()).allMatch(hit -> hit.version() <= view.position());
            assertThat(first.considered()).isEqualTo(KEYS);
            for (int i = 0; i < 20; i++) {
                Hit hit = first.hits().get(random.nextInt(KEYS));
                assertThat(view.shows(hit.row())).isTrue();
                SegmentStore.Recorded read = store.read(hit.row());
                assertThat(read.version()).isEqualTo(hit.version());
                assertThat(read.observation().key().value()).isEqualTo(hit.key());
            }
            assertThat(view.search(space, query, KEYS + 1, Optional.empty(), OptionalDouble.empty(), () -> {})).isEqualTo(first);
        }
    }
}
