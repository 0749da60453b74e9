package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
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
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The scan with its codes, bounds and blocks against scoring every row in the plainest way.
class SearchAgainstReferenceTest {
    @TempDir Path folder;

    private record Row(String key, long version, float[] vector, Map<String, AttributeValue> attributes) {}

    /// @param rounding by how much two ways to compute the score may differ
    private record Scored(Row row, double score, double rounding) {}

    /// What the store should hold at one position.
    private record Moment(View view, List<Row> rows) {}

    private static Scored reference(Similarity similarity, Row row, float[] b) {
        float[] a = row.vector();
        double dot = 0;
        double aa = 0;
        double bb = 0;
        double distance = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            aa += (double) a[i] * a[i];
            bb += (double) b[i] * b[i];
            distance += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
        }
        double norms = Math.sqrt(aa) * Math.sqrt(bb);
        return switch (similarity) {
            case COSINE -> new Scored(row, norms == 0 ? 0 : dot / norms, 1e-12);
            case DOT_PRODUCT -> new Scored(row, dot, 1e-12 * norms);
            case EUCLIDEAN -> new Scored(row, 1 / (1 + distance), 1e-12 / (1 + distance));
        };
    }

    private static float[] vector(Random random, int dimension, Similarity similarity, List<Row> others) {
        int kind = random.nextInt(10);
        float[] vector = Rows.gaussian(random, dimension);
        // Near and exact duplicates, so that bounds overlap and ties happen.
        if (kind < 3 && !others.isEmpty()) {
            float[] like = others.get(random.nextInt(others.size())).vector();
            for (int i = 0; i < dimension; i++) vector[i] = kind == 0 ? like[i] : like[i] + 1e-4f * vector[i];
        }
        if (kind == 3) for (int i = 0; i < dimension; i++) if (random.nextInt(8) > 0) vector[i] = 0;
        if (kind == 4) for (int i = 0; i < dimension; i++) vector[i] *= 1e15f;
        if (kind == 5) for (int i = 0; i < dimension; i++) vector[i] *= 1e-30f;
        boolean zero = true;
        for (float value : vector) zero &= value == 0;
        if (zero && similarity == Similarity.COSINE) vector[random.nextInt(dimension)] = 1;
        return vector;
    }

    private static boolean passes(Row row, long least) {
        return row.attributes().get("n") instanceof AttributeValue.Whole whole && whole.value() >= least;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 8, 9, 16, 31, 32, 33, 100, 384, 1536})
    void finds_the_same_rows_at_every_position(int dimension) throws IOException {
        long seed = Rows.seed("search of dimension " + dimension);
        Random random = new Random(seed);
        int rounds = dimension > 1_000 ? 1 : 4;
        for (int round = 0; round < rounds; round++)
            for (Similarity similarity : Similarity.values())
                compare(random, dimension, similarity, dimension > 100 ? 300 : 700, "seed " + seed + " round " + round);
    }

    private void compare(Random random, int dimension, Similarity similarity, int size, String run) throws IOException {
        Space space = aSpace(1, dimension, similarity);
        Path own = Files.createTempDirectory(folder, "store");
        List<Moment> moments = new ArrayList<>();
        try (FileSegmentStore store = FileSegmentStore.open(own, Rows.SHARD)) {
            Map<String, Row> live = new HashMap<>();
            Map<String, RowId> ids = new HashMap<>();
            List<Row> all = new ArrayList<>();
            long position = 0;
            while (position < size) {
                int entry = 1 + random.nextInt(60);
                for (int i = 0; i < entry; i++) {
                    position++;
                    String key = "k" + random.nextInt(size / 2);
                    RowId old = ids.remove(key);
                    if (old != null) store.kill(space, old, position);
                    live.remove(key);
                    if (old != null && random.nextInt(3) == 0) continue;
                    Map<String, AttributeValue> attributes = random.nextInt(5) == 0
                            ? Map.of() : Map.of("n", new AttributeValue.Whole(random.nextInt(10)));
                    Row row = new Row(key, position, vector(random, dimension, similarity, all), attributes);
                    all.add(row);
                    live.put(key, row);
                    Observation observation = anObservation(key, attributes, row.vector());
                    ids.put(key, store.append(space, observation, position));
                }
                store.publish(position);
                if (random.nextInt(4) == 0) moments.add(new Moment(store.view(), List.copyOf(live.values())));
                if (random.nextInt(6) == 0) store.seal(Files.createDirectories(folder.resolve("snapshots")));
            }
            moments.add(new Moment(store.view(), List.copyOf(live.values())));
            for (Moment moment : moments)
                for (int i = 0; i < 4; i++) check(random, space, moment, all, run + " " + similarity);
            for (Moment moment : moments) moment.view().close();
        }
    }

    private static void check(Random random, Space space, Moment moment, List<Row> all, String run) throws IOException {
        Similarity similarity = space.similarity();
        float[] query = vector(random, space.dimension(), similarity, all);
        int k = List.of(1, 2, 10, 100, 1_000).get(random.nextInt(5));
        long least = random.nextInt(12);
        boolean filtered = random.nextBoolean();
        Optional<Filter> filter = filtered
                ? Optional.of(new Filter.Range("n", Optional.of(new Filter.Range.End(new AttributeValue.Whole(least), true)), Optional.empty()))
                : Optional.empty();
        List<Row> passing = moment.rows().stream().filter(row -> !filtered || passes(row, least)).toList();
        List<Scored> wanted = passing.stream()
                .map(row -> reference(similarity, row, query))
                .sorted(Comparator.comparingDouble((Scored s) -> -s.score()).thenComparing(s -> new MemoryKey(s.row().key())))
                .toList();
        OptionalDouble minScore = wanted.isEmpty() || random.nextBoolean()
                ? OptionalDouble.empty() : OptionalDouble.of(wanted.get(random.nextInt(wanted.size())).score() - 1e-7);
        double floor = minScore.orElse(Double.NEGATIVE_INFINITY);
        Found found = moment.view().search(space, Embedding.of(query), k, filter, minScore, () -> {});

        assertThat(found.considered()).as(run).isEqualTo(passing.size());
        Map<String, Scored> byKey = new HashMap<>();
        for (Scored scored : wanted) byKey.put(scored.row().key(), scored);
        double lastRounding = 0;
        for (Hit hit : found.hits()) {
            Scored expected = byKey.remove(hit.key());
            if (expected == null) throw new AssertionError(run + ": should not be there, or not twice: " + hit);
            assertThat(hit.version()).as(run).isEqualTo(expected.row().version());
            assertThat(Math.abs(hit.score() - expected.score())).as(run).isLessThanOrEqualTo(expected.rounding());
            lastRounding = expected.rounding();
            assertThat(moment.view().shows(hit.row())).as(run).isTrue();
        }
        for (int i = 1; i < found.hits().size(); i++) {
            Hit above = found.hits().get(i - 1);
            Hit below = found.hits().get(i);
            assertThat(above.score()).as(run).isGreaterThanOrEqualTo(below.score());
            if (above.score() == below.score())
                assertThat(new MemoryKey(above.key())).as(run).isLessThan(new MemoryKey(below.key()));
        }
        long atLeast = wanted.stream().filter(s -> s.score() - s.rounding() >= floor).count();
        long atMost = wanted.stream().filter(s -> s.score() + s.rounding() >= floor).count();
        assertThat((long) found.hits().size()).as(run).isBetween(Math.min(k, atLeast), Math.min(k, atMost));
        // Whatever was left out is no better than the last that was taken.
        if (found.hits().size() == k)
            for (Scored out : byKey.values())
                assertThat(out.score()).as(run).isLessThanOrEqualTo(found.hits().getLast().score() + out.rounding() + lastRounding);
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 64})
    void gives_equal_scores_in_the_order_of_their_keys(int dimension) throws IOException {
        float[] vector = Rows.gaussian(new Random(1), dimension);
        // U+FFFD comes before U+1F600 by code point, after it by char.
        List<String> keys = List.of("😀", "b", "a", "\uFFFD", "aa", "ä", "c");
        try (FileSegmentStore store = FileSegmentStore.open(folder.resolve("ties"), Rows.SHARD)) {
            long id = 0;
            for (Similarity similarity : Similarity.values()) {
                Space space = aSpace(++id, dimension, similarity);
                long version = store.figures().liveRows();
                for (String key : keys) store.append(space, anObservation(key, vector), ++version);
                store.publish(version);
                try (View view = store.view()) {
                    for (int k = 1; k <= keys.size(); k++)
                        assertThat(view.search(space, Embedding.of(vector), k, Optional.empty(), OptionalDouble.empty(), () -> {}).hits())
                                .extracting(Hit::key)
                                .isEqualTo(List.of("a", "aa", "b", "c", "ä", "\uFFFD", "😀").subList(0, k));
                }
            }
        }
    }

    @Test void counts_a_score_equal_to_the_minimum() throws IOException {
        for (int dimension : new int[] {2, 64}) {
            Space space = aSpace(dimension, dimension, Similarity.COSINE);
            float[] vector = new float[dimension];
            vector[1] = 3;
            try (FileSegmentStore store = FileSegmentStore.open(folder.resolve("min" + dimension), Rows.SHARD)) {
                store.append(space, anObservation("a", vector), 1);
                store.publish(1);
                try (View view = store.view()) {
                    assertThat(view.search(space, Embedding.of(vector), 1, Optional.empty(), OptionalDouble.of(1), () -> {}).hits()).hasSize(1);
                    assertThat(view.search(space, Embedding.of(vector), 1, Optional.empty(), OptionalDouble.of(Math.nextUp(1.0)), () -> {}).hits())
                            .isEmpty();
                }
            }
        }
    }
}
