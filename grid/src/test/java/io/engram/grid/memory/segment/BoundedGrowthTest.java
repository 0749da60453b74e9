package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.SegmentStore.Hit;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.segment.SegmentStore.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Writing the same keys for ever takes no more room than writing them once, within a factor.
class BoundedGrowthTest {
    private static final int KEYS = 1_000;
    private static final int WRITES = 200_000;
    private static final int ENTRY = 100;
    private static final int DIMENSION = 40;
    @TempDir Path folder;

    @Test void memory_and_disk_stay_bounded() throws IOException {
        Random random = new Random(Rows.seed("overwriting"));
        Space space = aSpace(1, DIMENSION, Similarity.COSINE);
        Path snapshots = Files.createDirectories(folder.resolve("snapshots"));
        RowId[] rows = new RowId[KEYS];
        long[] versions = new long[KEYS];
        // What it should take without any dead row: 112 bytes of codes and columns and some 60 of key, 270 on disk.
        long memory = KEYS * 180L;
        long disk = KEYS * 270L;
        long mostMemory = 0;
        long mostDisk = 0;
        int mostFiles = 0;
        try (FileSegmentStore store = FileSegmentStore.open(folder.resolve("own"), Rows.SHARD)) {
            for (int write = 1; write <= WRITES; write++) {
                // A tenth of the keys is written once only, so that old blocks and files keep some that live.
                int key = write <= KEYS ? write - 1 : KEYS / 10 + random.nextInt(KEYS - KEYS / 10);
                if (versions[key] > 0) store.kill(space, rows[key], write);
                rows[key] = store.append(space, anObservation("k" + key, Rows.gaussian(random, DIMENSION)), write);
                versions[key] = write;
                if (write % ENTRY != 0) continue;
                store.publish(write);
                if (write % (KEYS * 2) == 0) store.seal(snapshots);
                mostMemory = Math.max(mostMemory, store.figures().memoryBytes());
                mostDisk = Math.max(mostDisk, store.figures().diskBytes());
                mostFiles = Math.max(mostFiles, store.figures().files());
            }
            assertThat(mostMemory).isLessThan(5 * memory);
            // What was written since the last seal is kept whole, and what is merged away until no view can need it.
            assertThat(mostDisk).isLessThan(12 * disk);
            assertThat(mostFiles).isLessThan(12);
            assertThat(store.figures().liveRows()).isEqualTo(KEYS);
            try (View view = store.view()) {
                List<Hit> hits = view.search(space, Embedding.of(Rows.gaussian(random, DIMENSION)), KEYS, Optional.empty(),
                        OptionalDouble.empty(), () -> {}).hits();
                assertThat(hits).hasSize(KEYS);
                for (Hit hit : hits) {
                    int key = Integer.parseInt(hit.key().substring(1));
                    assertThat(hit.version()).isEqualTo(versions[key]);
                    assertThat(hit.row()).isEqualTo(rows[key]);
                    assertThat(store.read(hit.row()).version()).isEqualTo(versions[key]);
                }
            }
        }
    }

    @Test void a_view_held_for_long_keeps_what_it_shows_and_lets_go_when_closed() throws IOException {
        Space space = aSpace(1, DIMENSION, Similarity.COSINE);
        Random random = new Random(1);
        try (FileSegmentStore store = FileSegmentStore.open(folder.resolve("own"), Rows.SHARD)) {
            RowId[] rows = new RowId[KEYS];
            int version = 0;
            for (int key = 0; key < KEYS; key++)
                rows[key] = store.append(space, anObservation("k" + key, Rows.gaussian(random, DIMENSION)), ++version);
            store.publish(version);
            RowId[] shown = rows.clone();
            try (View view = store.view()) {
                for (int round = 0; round < 10; round++)
                    for (int key = 0; key < KEYS; key++) {
                        store.kill(space, rows[key], ++version);
                        rows[key] = store.append(space, anObservation("k" + key, Rows.gaussian(random, DIMENSION)), version);
                        store.publish(version);
                    }
                for (RowId row : shown) assertThat(view.shows(row)).isTrue();
                assertThat(store.figures().memoryBytes()).isGreaterThan(11L * KEYS * 100);
            }
            // Blocks are looked at a few at a time, as entries are applied.
            for (int i = 0; i < 200; i++) store.publish(++version);
            assertThat(store.figures().memoryBytes()).isLessThan(5L * KEYS * 180);
        }
    }
}
