package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
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
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/// The store that nodes run, on a temporary folder: beside the contract, what it does with files and memory.
class FileSegmentStoreTest extends SegmentStoreContract {
    @Override
    SegmentStore open(Path folder) throws IOException {
        return FileSegmentStore.open(folder, Rows.SHARD);
    }

    @Nested class Memory {
        @Test void of_a_dropped_space_is_free_once_no_view_needs_it() throws IOException {
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

    @Nested class Sealed_files {
        @Test void count_the_rows_that_are_not_live_as_dead() throws IOException {
            List<Path> files = write(10, 1);
            live.remove("k3");
            live.put("k4", 99L);
            restore(store, files, 10);
            assertThat(store.figures().liveRows()).isEqualTo(8);
            assertThat(store.figures().deadRows()).isEqualTo(2);
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

        @Test void are_deleted_when_none_is_left() throws IOException {
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
        @Test void may_be_closed_again() {
            View view = store.view();
            view.close();
            view.close();
            assertThatThrownBy(() -> view.shows(new RowId(0, 0))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Nested class A_row_of_before_a_restore {
        @Test void is_gone_once_no_view_needs_it() throws IOException {
            List<Path> files = write(10, 1);
            RowId late = store.append(space, anObservation("late", 1, 0), 11);
            store.publish(11);
            try (View before = store.view()) {
                restore(store, files, 10);
                assertThat(store.read(late).version()).isEqualTo(11);
                assertThat(before.shows(late)).isTrue();
            }
            store.publish(12);
            assertThatThrownBy(() -> store.read(late)).isInstanceOf(IllegalStateException.class);
        }
    }
}
