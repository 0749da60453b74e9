package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;

import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.SegmentStore.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;

/// Prints the figures of docs/measurements.md, "Search". Not a test.
final class SearchMeasurement {
    private static final int ROWS = 100_000;
    private static final int WARM_UP = 200;
    private static final int RUNS = 300;

    private SearchMeasurement() {}

    public static void main(String[] arguments) throws IOException {
        for (int dimension : new int[] {16, 100, 384, 768}) measure(dimension);
    }

    private static void measure(int dimension) throws IOException {
        Path folder = Files.createTempDirectory("engram-search");
        Random random = new Random(1);
        Space space = aSpace(1, dimension, Similarity.COSINE);
        float[][] vectors = new float[1_000][];
        for (int i = 0; i < vectors.length; i++) vectors[i] = Rows.gaussian(random, dimension);
        try (FileSegmentStore store = FileSegmentStore.open(folder.resolve("own"), Rows.SHARD)) {
            long start = System.nanoTime();
            float[] vector = new float[dimension];
            for (int row = 1; row <= ROWS; row++) {
                // As far apart as vectors of this dimension are, made quickly.
                float[] a = vectors[random.nextInt(vectors.length)];
                float[] b = vectors[random.nextInt(vectors.length)];
                for (int i = 0; i < dimension; i++) vector[i] = a[i] - b[i] * (1 + row * 1e-6f);
                store.append(space, anObservation("key-" + row, Map.of("n", new AttributeValue.Whole(row % 100)), vector), row);
                if (row % 1_000 == 0) store.publish(row);
            }
            double append = (System.nanoTime() - start) / 1e3 / ROWS;
            List<Path> files = store.seal(Files.createDirectories(folder.resolve("snapshots")));
            SegmentStore.Figures figures = store.figures();
            System.out.printf("dimension %d: append %.1f us, %d bytes of memory and %d on disk a row%n", dimension, append,
                    figures.memoryBytes() / ROWS, figures.diskBytes() / ROWS);
            Filter tenth = new Filter.Range("n", Optional.empty(), Optional.of(new Filter.Range.End(new AttributeValue.Whole(10), false)));
            for (int k : new int[] {10, 100, 1_000}) search(store, space, vectors, k, Optional.empty(), "all rows");
            search(store, space, vectors, 10, Optional.of(tenth), "filter that passes a tenth");
            start = System.nanoTime();
            store.restore(files, ROWS, (row, id, key, version) -> space);
            System.out.printf("  restore %.0f ms%n", (System.nanoTime() - start) / 1e6);
        }
        try (Stream<Path> left = Files.walk(folder)) {
            for (Path path : left.sorted(Comparator.reverseOrder()).toList()) Files.delete(path);
        }
    }

    private static void search(
            FileSegmentStore store, Space space, float[][] queries, int k, Optional<Filter> filter, String what) throws IOException {
        long[] nanos = new long[RUNS];
        try (View view = store.view()) {
            for (int i = -WARM_UP; i < RUNS; i++) {
                Embedding query = Embedding.of(queries[Math.floorMod(i, queries.length)]);
                long start = System.nanoTime();
                view.search(space, query, k, filter, OptionalDouble.empty(), () -> {});
                if (i >= 0) nanos[i] = System.nanoTime() - start;
            }
        }
        Arrays.sort(nanos);
        System.out.printf("  k %d, %s: p50 %.2f ms, p99 %.2f ms%n", k, what, nanos[RUNS / 2] / 1e6, nanos[RUNS * 99 / 100] / 1e6);
    }
}
