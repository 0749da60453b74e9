package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.SegmentStore.Found;
import io.engram.grid.memory.segment.SegmentStore.View;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Whoever searches is asked often enough whether to go on.
class SearchCutOffTest {
    private static final int ROWS = 12_000;
    private static final int MOST_ROWS_BETWEEN_LOOKS = 4_096;

    private static final class Enough extends RuntimeException {}

    @TempDir Path folder;

    /// @param dimension scored as they are read, and by codes first
    @ParameterizedTest
    @ValueSource(ints = {4, 48})
    void a_search_can_be_ended_whenever_it_looks_and_looks_often(int dimension) throws IOException {
        Random random = new Random(1);
        Space space = aSpace(1, dimension, Similarity.COSINE);
        try (FileSegmentStore store = FileSegmentStore.open(folder, Rows.SHARD)) {
            for (int i = 1; i <= ROWS; i++) store.append(space, anObservation("k" + i, Rows.gaussian(random, dimension)), i);
            store.publish(ROWS);
            Embedding query = Embedding.of(Rows.gaussian(random, dimension));
            try (View view = store.view()) {
                AtomicInteger looks = new AtomicInteger();
                Found whole = search(view, space, query, looks::incrementAndGet);
                assertThat(whole.considered()).isEqualTo(ROWS);
                assertThat(looks.get()).isGreaterThan(ROWS / MOST_ROWS_BETWEEN_LOOKS);

                // Also at the last look of all: among the records that are read to tell the best, where there are codes.
                for (int last = 1; last <= looks.get(); last += Math.max(1, looks.get() / 20)) {
                    AtomicInteger left = new AtomicInteger(last);
                    assertThatThrownBy(() -> search(view, space, query, () -> {
                        if (left.decrementAndGet() == 0) throw new Enough();
                    })).isInstanceOf(Enough.class);
                }
                assertThat(search(view, space, query, () -> {})).isEqualTo(whole);
            }
        }
    }

    private static Found search(View view, Space space, Embedding query, Runnable look) throws IOException {
        return view.search(space, query, 100, Optional.empty(), OptionalDouble.empty(), look);
    }
}
