package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.SegmentStore.Found;
import io.engram.grid.memory.segment.SegmentStore.Hit;
import io.engram.grid.memory.segment.SegmentStore.Recorded;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.segment.SegmentStore.View;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What every [SegmentStore] promises: the one that nodes run and the one that tests put in its place.
abstract class SegmentStoreContract {
    final Space space = aSpace(7, 2, Similarity.COSINE);
    @TempDir Path folder;
    Path own;
    Path snapshots;
    SegmentStore store;

    /// @param folder the store's own; there may be nothing yet
    abstract SegmentStore open(Path folder) throws IOException;

    @BeforeEach
    void open() throws IOException {
        own = folder.resolve("own");
        snapshots = Files.createDirectories(folder.resolve("snapshots"));
        store = open(own);
    }

    @AfterEach
    void close() {
        store.close();
    }

    final List<String> found(View view) throws IOException {
        return found(view, space, Optional.empty());
    }

    static List<String> found(View view, Space in, Optional<Filter> filter) throws IOException {
        float[] query = new float[in.dimension()];
        query[0] = 1;
        return view.search(in, Embedding.of(query), 1_000, filter, OptionalDouble.empty(), () -> {}).hits().stream().map(Hit::key).toList();
    }

    final Map<String, Long> live = new HashMap<>();

    final List<Path> write(int rows, int first) throws IOException {
        for (int i = 0; i < rows; i++) {
            int version = first + i;
            store.append(space, anObservation("k" + version, version, 1), version);
            live.put("k" + version, (long) version);
        }
        store.publish(first + rows - 1);
        return store.seal(snapshots);
    }

    final Map<String, RowId> restore(SegmentStore into, List<Path> files, long index) throws IOException {
        Map<String, RowId> rows = new HashMap<>();
        into.restore(files, index, (row, id, key, version) -> {
            assertThat(id).isEqualTo(space.id());
            Long wanted = live.get(key);
            if (wanted == null || wanted != version) return null;
            assertThat(rows.put(key, row)).as("rows of %s", key).isNull();
            return space;
        });
        return rows;
    }

    @Nested class A_row {
        @Test void is_seen_by_views_opened_after_its_publication_only() throws IOException {
            RowId row = store.append(space, anObservation("a", 1, 0), 1);
            try (View before = store.view()) {
                assertThat(found(before)).isEmpty();
                assertThat(before.shows(row)).isFalse();
                store.publish(1);
                assertThat(found(before)).isEmpty();
                assertThat(before.shows(row)).isFalse();
            }
            try (View after = store.view()) {
                assertThat(after.position()).isEqualTo(1);
                assertThat(found(after)).containsExactly("a");
                assertThat(after.shows(row)).isTrue();
            }
        }

        @Test void can_be_read_as_it_was_recorded() throws IOException {
            Observation observation = anObservation("ключ", Map.of("a", new AttributeValue.Real(0.1)), 1, 0);
            RowId row = store.append(space, observation, 5);
            store.publish(5);
            Recorded read = store.read(row);
            assertThat(read.observation()).isEqualTo(observation);
            assertThat(read.version()).isEqualTo(5);
            assertThat(read.space()).isEqualTo(space.id());
            assertThat(read.checksum()).isEqualTo(store.checksum(row));
            assertThat(store.parse(read.bytes())).usingRecursiveComparison().isEqualTo(read);
        }

        @Test void killed_is_still_shown_by_views_from_before() throws IOException {
            RowId row = store.append(space, anObservation("a", 1, 0), 1);
            store.publish(1);
            try (View before = store.view()) {
                store.kill(space, row, 2);
                assertThat(found(before)).containsExactly("a");
                store.publish(2);
                assertThat(found(before)).containsExactly("a");
                assertThat(before.shows(row)).isTrue();
                try (View after = store.view()) {
                    assertThat(found(after)).isEmpty();
                    assertThat(after.shows(row)).isFalse();
                }
            }
        }

        @Test void replaced_within_an_entry_is_never_seen() throws IOException {
            RowId first = store.append(space, anObservation("a", 1, 0), 1);
            store.kill(space, first, 2);
            store.append(space, anObservation("a", 0, 1), 2);
            store.publish(2);
            try (View view = store.view()) {
                assertThat(view.shows(first)).isFalse();
                assertThat(found(view)).containsExactly("a");
            }
        }

        @Test void without_a_vector_is_kept_but_not_found() throws IOException {
            Observation plain = anObservation("a", 1, 0);
            RowId row = store.append(space, new Observation(plain.key(), plain.text(), Optional.empty(), 1, plain.observedAt(),
                    plain.attributes(), plain.links()), 1);
            store.publish(1);
            try (View view = store.view()) {
                assertThat(view.shows(row)).isTrue();
                assertThat(found(view)).isEmpty();
            }
            assertThat(store.read(row).observation().vector()).isEmpty();
        }

        @Test void that_is_dead_cannot_die_again() throws IOException {
            RowId row = store.append(space, anObservation("a", 1, 0), 1);
            store.kill(space, row, 2);
            assertThatThrownBy(() -> store.kill(space, row, 2)).isInstanceOf(IllegalStateException.class);
        }

        @Test void of_the_past_is_refused() throws IOException {
            store.publish(5);
            assertThatThrownBy(() -> store.append(space, anObservation("a", 1, 0), 5))
                    .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("above position 5");
        }
    }

    @Nested class A_publication {
        @Test void never_goes_back() throws IOException {
            store.publish(5);
            assertThatThrownBy(() -> store.publish(4)).isInstanceOf(IllegalArgumentException.class);
            try (View view = store.view()) {
                assertThat(view.position()).isEqualTo(5);
            }
        }
    }

    @Nested class A_space {
        @Test void sees_no_row_of_another() throws IOException {
            Space other = aSpace(8, 2, Similarity.COSINE);
            store.append(space, anObservation("a", 1, 0), 1);
            store.append(other, anObservation("b", 1, 0), 2);
            store.publish(2);
            try (View view = store.view()) {
                assertThat(found(view)).containsExactly("a");
                assertThat(found(view, other, Optional.empty())).containsExactly("b");
            }
        }

        @Test void that_is_dropped_stays_in_older_views() throws IOException {
            Space other = aSpace(8, 2, Similarity.COSINE);
            RowId stays = store.append(space, anObservation("a", 1, 0), 1);
            RowId goes = store.append(other, anObservation("b", 1, 0), 2);
            store.publish(2);
            try (View before = store.view()) {
                store.drop(other.id());
                store.publish(3);
                assertThat(found(before, other, Optional.empty())).containsExactly("b");
                assertThat(before.shows(goes)).isTrue();
                try (View after = store.view()) {
                    assertThat(found(after, other, Optional.empty())).isEmpty();
                    assertThat(after.shows(goes)).isFalse();
                    assertThat(after.shows(stays)).isTrue();
                }
                assertThat(store.figures().liveRows()).isEqualTo(1);
            }
        }
    }

    @Nested class A_search {
        @Test void gives_the_best_first_and_equal_scores_by_key() throws IOException {
            store.append(space, anObservation("far", 0, 1), 1);
            store.append(space, anObservation("twin b", 1, 0), 2);
            store.append(space, anObservation("near", 1, 0.5f), 3);
            store.append(space, anObservation("twin a", 2, 0), 4);
            store.publish(4);
            try (View view = store.view()) {
                assertThat(found(view)).containsExactly("twin a", "twin b", "near", "far");
                Found best = view.search(space, Embedding.of(1, 0), 3, Optional.empty(), OptionalDouble.empty(), () -> {});
                assertThat(best.hits()).extracting(Hit::key).containsExactly("twin a", "twin b", "near");
                assertThat(best.hits()).extracting(Hit::version).containsExactly(4L, 2L, 3L);
                assertThat(best.considered()).isEqualTo(4);
            }
        }

        @Test void counts_a_score_equal_to_the_minimum_and_considers_what_is_below_it() throws IOException {
            store.append(space, anObservation("same", 1, 0), 1);
            store.append(space, anObservation("across", 0, 1), 2);
            store.publish(2);
            try (View view = store.view()) {
                Found atLeast = view.search(space, Embedding.of(1, 0), 10, Optional.empty(), OptionalDouble.of(1), () -> {});
                assertThat(atLeast.hits()).extracting(Hit::key).containsExactly("same");
                assertThat(atLeast.considered()).isEqualTo(2);
            }
        }

        @Test void of_another_dimension_or_for_nothing_is_refused() {
            try (View view = store.view()) {
                assertThatThrownBy(() -> view.search(space, Embedding.of(1, 0, 0), 1, Optional.empty(), OptionalDouble.empty(), () -> {}))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> view.search(space, Embedding.of(1, 0), 0, Optional.empty(), OptionalDouble.empty(), () -> {}))
                        .isInstanceOf(IllegalArgumentException.class);
            }
        }
    }

    @Nested class A_filter {
        @Test void holds_for_search_and_for_single_rows() throws IOException {
            RowId red = store.append(space, anObservation("a", Map.of("colour", new AttributeValue.Text("red")), 1, 0), 1);
            RowId blue = store.append(space, anObservation("b", Map.of("colour", new AttributeValue.Text("blue")), 1, 0), 2);
            store.publish(2);
            Filter filter = new Filter.Equal("colour", new AttributeValue.Text("blue"));
            try (View view = store.view()) {
                assertThat(found(view, space, Optional.of(filter))).containsExactly("b");
                assertThat(view.matches(red, filter)).isFalse();
                assertThat(view.matches(blue, filter)).isTrue();
                assertThat(view.search(space, Embedding.of(1, 0), 5, Optional.of(filter), OptionalDouble.empty(), () -> {}).considered())
                        .isEqualTo(1);
            }
        }
    }

    @Nested class Foreign_bytes {
        @Test void are_no_record() {
            assertThatThrownBy(() -> store.parse("no record".getBytes(StandardCharsets.UTF_8)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested class Sealed_rows {
        @Test void give_the_same_rows_to_another_store() throws IOException {
            write(50, 1);
            List<Path> files = write(50, 51);
            assertThat(files).allSatisfy(file -> assertThat(file).hasParent(snapshots));
            try (SegmentStore other = open(folder.resolve("other"))) {
                Map<String, RowId> rows = restore(other, files, 100);
                assertThat(rows).hasSize(100);
                try (View here = store.view(); View there = other.view()) {
                    assertThat(there.position()).isEqualTo(100);
                    assertThat(found(there)).isEqualTo(found(here)).hasSize(100);
                    assertThat(rows.values()).allMatch(there::shows);
                }
                for (var row : rows.entrySet())
                    assertThat(other.read(row.getValue()).observation().key().value()).isEqualTo(row.getKey());
                other.append(space, anObservation("new", 1, 0), 101);
                other.publish(101);
                try (View there = other.view()) {
                    assertThat(found(there)).hasSize(101);
                }
            }
        }

        @Test void bring_back_only_what_is_live() throws IOException {
            List<Path> files = write(10, 1);
            live.remove("k3");
            live.put("k4", 99L);
            restore(store, files, 10);
            try (View view = store.view()) {
                assertThat(found(view)).hasSize(8).doesNotContain("k3", "k4");
            }
            assertThat(store.figures().liveRows()).isEqualTo(8);
        }

        @Test void replace_all_there_was_while_open_views_go_on() throws IOException {
            List<Path> files = write(10, 1);
            RowId late = store.append(space, anObservation("late", 1, 0), 11);
            store.publish(11);
            try (View before = store.view()) {
                Map<String, RowId> rows = restore(store, files, 10);
                assertThat(found(before)).hasSize(11).contains("late");
                assertThat(before.shows(late)).isTrue();
                assertThat(store.read(late).version()).isEqualTo(11);
                assertThat(rows.values()).noneMatch(before::shows);
                try (View after = store.view()) {
                    assertThat(after.position()).isEqualTo(10);
                    assertThat(after.shows(late)).isFalse();
                    assertThat(found(after)).hasSize(10).doesNotContain("late");
                }
                store.append(space, anObservation("again", 1, 0), 11);
                store.publish(11);
                assertThat(found(before)).hasSize(11).contains("late");
            }
        }

        @Test void may_be_none() throws IOException {
            write(10, 1);
            store.restore(List.of(), 0, (row, id, key, version) -> space);
            try (View view = store.view()) {
                assertThat(view.position()).isZero();
                assertThat(found(view)).isEmpty();
            }
        }

        @Test void that_are_damaged_are_named_and_the_store_is_as_it_was() throws IOException {
            Path file = write(10, 1).getLast();
            byte[] bytes = Files.readAllBytes(file);
            // In the last record's content, wherever that ends.
            int at = new String(bytes, StandardCharsets.ISO_8859_1).lastIndexOf("text of");
            bytes[at] ^= 1;
            // Not in place: the store may read the very file that it linked.
            Path damaged = Files.write(Files.createDirectories(folder.resolve("damaged")).resolve(file.getFileName()), bytes);
            try (SegmentStore other = open(folder.resolve("other"))) {
                other.append(space, anObservation("before", 1, 0), 1);
                other.publish(1);
                var told = catchThrowableOfType(
                        DamagedFileException.class, () -> other.restore(List.of(damaged), 10, (row, id, key, version) -> space));
                assertThat(told).isNotNull();
                assertThat(told.file().getFileName()).isEqualTo(damaged.getFileName());
                try (View view = other.view()) {
                    assertThat(view.position()).isEqualTo(1);
                    assertThat(found(view)).containsExactly("before");
                }
            }
        }
    }

    @Nested class A_view_that_is_closed {
        @Test void answers_no_more() {
            View view = store.view();
            view.close();
            assertThatThrownBy(() -> view.shows(new RowId(0, 0))).isInstanceOf(IllegalStateException.class);
        }
    }
}
