package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Filter;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.SegmentStore.Hit;
import io.engram.grid.memory.segment.SegmentStore.Recorded;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.segment.SegmentStore.View;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The contract of [SegmentStore], on a temporary folder.
class FileSegmentStoreTest {
    private final Space space = aSpace(7, 2, Similarity.COSINE);
    @TempDir Path folder;
    private Path own;
    private Path snapshots;
    private FileSegmentStore store;

    @BeforeEach
    void open() throws IOException {
        own = folder.resolve("own");
        snapshots = Files.createDirectories(folder.resolve("snapshots"));
        store = FileSegmentStore.open(own, Rows.SHARD);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private List<String> found(View view) throws IOException {
        return found(view, space, Optional.empty());
    }

    private static List<String> found(View view, Space in, Optional<Filter> filter) throws IOException {
        float[] query = new float[in.dimension()];
        query[0] = 1;
        return view.search(in, Embedding.of(query), 1_000, filter, OptionalDouble.empty()).hits().stream().map(Hit::key).toList();
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

        @Test void that_is_dropped_stays_in_older_views_and_frees_its_memory_after_them() throws IOException {
            Space large = aSpace(8, 64, Similarity.COSINE);
            RowId row = store.append(space, anObservation("a", 1, 0), 1);
            RowId other = store.append(large, anObservation("b", Rows.gaussian(new Random(1), 64)), 2);
            for (int i = 3; i <= 5_000; i++) store.append(large, anObservation("b" + i, Rows.gaussian(new Random(i), 64)), i);
            store.publish(5_000);
            long full = store.figures().memoryBytes();
            try (View before = store.view()) {
                store.drop(large.id());
                try (View unpublished = store.view()) {
                    assertThat(unpublished.shows(other)).isTrue();
                }
                store.publish(5_001);
                assertThat(found(before, large, Optional.empty())).hasSize(1_000);
                assertThat(before.shows(other)).isTrue();
                try (View after = store.view()) {
                    assertThat(found(after, large, Optional.empty())).isEmpty();
                    assertThat(after.shows(other)).isFalse();
                    assertThat(after.shows(row)).isTrue();
                }
                assertThat(store.figures().memoryBytes()).isGreaterThan(full / 2);
                assertThat(store.figures().liveRows()).isEqualTo(1);
            }
            store.publish(5_002);
            assertThat(store.figures().memoryBytes()).isLessThan(full / 20);
            assertThatThrownBy(() -> store.read(other)).isInstanceOf(IllegalStateException.class);
            assertThat(store.read(row).version()).isEqualTo(1);
            store.seal(snapshots);
            store.publish(5_003);
            assertThat(store.figures().diskBytes()).isLessThan(4_096);
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
                assertThat(view.search(space, Embedding.of(1, 0), 5, Optional.of(filter), OptionalDouble.empty()).considered())
                        .isEqualTo(1);
            }
        }
    }

    @Nested class Sealed_files {
        private final Map<String, Long> live = new HashMap<>();

        private List<Path> write(int rows, int first) throws IOException {
            for (int i = 0; i < rows; i++) {
                int version = first + i;
                store.append(space, anObservation("k" + version, version, 1), version);
                live.put("k" + version, (long) version);
            }
            store.publish(first + rows - 1);
            return store.seal(snapshots);
        }

        private Map<String, RowId> restore(FileSegmentStore into, List<Path> files, long index) throws IOException {
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

        @Test void give_the_same_rows_to_another_store() throws IOException {
            write(50, 1);
            List<Path> files = write(50, 51);
            assertThat(files).allSatisfy(file -> assertThat(file).hasParent(snapshots));
            try (FileSegmentStore other = FileSegmentStore.open(folder.resolve("other"), Rows.SHARD)) {
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

        @Test void never_change_afterwards() throws IOException {
            Map<Path, byte[]> bytes = new HashMap<>();
            for (int round = 0; round < 12; round++)
                for (Path file : write(3, 1 + 3 * round)) bytes.putIfAbsent(file, Files.readAllBytes(file));
            assertThat(bytes.size()).isGreaterThan(8);
            for (var file : bytes.entrySet()) assertThat(file.getKey()).hasBinaryContent(file.getValue());
        }

        @Test void are_merged_so_that_many_snapshots_leave_few() throws IOException {
            List<Path> files = List.of();
            for (int round = 0; round < 100; round++) files = write(3, 1 + 3 * round);
            assertThat(files).hasSizeLessThanOrEqualTo(MergeChoice.FAN_IN);
            assertThat(store.figures().liveRows()).isEqualTo(300);
            store.publish(301);
            try (Stream<Path> left = Files.list(own)) {
                assertThat(left).hasSize(files.size());
            }
            assertThat(restore(store, files, 301)).hasSize(300);
            try (View view = store.view()) {
                assertThat(found(view)).hasSize(300);
            }
        }

        @Test void leave_rows_readable_for_views_from_before_a_merge() throws IOException {
            write(40, 1);
            List<RowId> rows = new ArrayList<>();
            try (View view = store.view()) {
                for (int segment = 0; segment < 10; segment++)
                    for (int row = 0; row < 64; row++)
                        if (view.shows(new RowId(segment, row))) rows.add(new RowId(segment, row));
                assertThat(rows).hasSize(40);
                for (int i = 0; i < 30; i++) store.kill(space, rows.get(i), 41);
                store.publish(41);
                store.seal(snapshots);
                store.publish(42);
                store.publish(43);
                assertThat(store.figures().liveRows()).isEqualTo(10);
                assertThat(store.figures().deadRows()).isZero();
                for (RowId row : rows) assertThat(store.read(row).space()).isEqualTo(space.id());
                assertThat(found(view)).hasSize(40);
            }
            store.publish(44);
            assertThatThrownBy(() -> store.read(rows.getFirst())).isInstanceOf(IllegalStateException.class);
            for (RowId row : rows.subList(30, 40)) assertThat(store.read(row).space()).isEqualTo(space.id());
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
            assertThat(store.figures().deadRows()).isEqualTo(2);
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
            store.publish(12);
            assertThatThrownBy(() -> store.read(late)).isInstanceOf(IllegalStateException.class);
        }

        @Test void are_all_that_counts_after_a_crash() throws IOException {
            List<Path> files = write(10, 1);
            store.append(space, anObservation("lost", 1, 0), 11);
            store.publish(11);
            try (Stream<Path> left = Files.list(own)) {
                assertThat(left.filter(f -> f.toString().endsWith(".open"))).hasSize(1);
            }
            // A second store on the same folder stands for the process that comes after the crash.
            try (FileSegmentStore next = FileSegmentStore.open(own, Rows.SHARD)) {
                try (Stream<Path> left = Files.list(own)) {
                    assertThat(left.filter(f -> f.toString().endsWith(".open"))).isEmpty();
                }
                assertThat(restore(next, files, 10)).hasSize(10);
                try (View view = next.view(); Stream<Path> left = Files.list(own)) {
                    assertThat(found(view)).hasSize(10).doesNotContain("lost");
                    assertThat(left).hasSize(files.size());
                }
            }
        }

        @Test void of_a_former_process_that_no_snapshot_names_are_deleted() throws IOException {
            write(10, 1);
            try (FileSegmentStore next = FileSegmentStore.open(own, Rows.SHARD)) {
                next.append(space, anObservation("again", 1, 0), 1);
                next.publish(1);
                List<Path> files = next.seal(Files.createDirectories(folder.resolve("later")));
                try (Stream<Path> left = Files.list(own)) {
                    assertThat(left.map(Path::getFileName)).containsExactlyElementsOf(files.stream().map(Path::getFileName).toList());
                }
            }
        }

        @Test void may_be_none() throws IOException {
            write(10, 1);
            store.restore(List.of(), 0, (row, id, key, version) -> space);
            try (View view = store.view(); Stream<Path> left = Files.list(own)) {
                assertThat(view.position()).isZero();
                assertThat(found(view)).isEmpty();
                assertThat(left).isEmpty();
            }
        }

        @Test void stand_in_a_folder_of_the_snapshots_only() {
            assertThatThrownBy(() -> store.seal(own)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Nested class A_closed_view {
        @Test void answers_no_more() {
            View view = store.view();
            view.close();
            view.close();
            assertThatThrownBy(() -> view.shows(new RowId(0, 0))).isInstanceOf(IllegalStateException.class);
        }
    }
}
