package io.engram.grid.memory.segment;

import static io.engram.grid.memory.segment.Rows.aSpace;
import static io.engram.grid.memory.segment.Rows.anObservation;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.SegmentStore.RowId;
import io.engram.grid.memory.segment.SegmentStore.View;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No byte of a sealed file can change unseen.
class DamagedFilesTest {
    private static final int DIMENSION = 64;
    private final Space space = aSpace(7, DIMENSION, Similarity.COSINE);
    private final List<RowId> rows = new ArrayList<>();
    @TempDir Path folder;
    private Path own;
    private FileSegmentStore store;
    private List<Path> files;

    @BeforeEach
    void seal() throws IOException {
        own = folder.resolve("own");
        store = FileSegmentStore.open(own, Rows.SHARD);
        for (int i = 1; i <= 5; i++)
            rows.add(store.append(space, anObservation("k" + i, Rows.gaussian(new Random(i), DIMENSION)), i));
        store.publish(5);
        files = store.seal(Files.createDirectories(folder.resolve("snapshots")));
        assertThat(files).hasSize(1);
    }

    @AfterEach
    void close() {
        store.close();
    }

    private static void restore(FileSegmentStore into, Path file, Space space) throws IOException {
        into.restore(List.of(file), 5, (row, id, key, version) -> space);
    }

    @Test void any_flipped_byte_is_found_at_restore_and_named() throws IOException {
        byte[] whole = Files.readAllBytes(files.getFirst());
        Random random = new Random(Rows.seed("flipped bytes"));
        try (FileSegmentStore other = FileSegmentStore.open(folder.resolve("other"), Rows.SHARD)) {
            for (int at = 0; at < whole.length; at++) {
                byte[] damaged = whole.clone();
                damaged[at] ^= (byte) (1 << random.nextInt(8));
                Path file = Files.write(folder.resolve("damaged.records"), damaged);
                assertThatThrownBy(() -> restore(other, file, space)).as("byte %d", at)
                        .isInstanceOf(DamagedFileException.class)
                        .hasMessageContaining(file.toString()).hasMessageContaining("at offset");
            }
            restore(other, files.getFirst(), space);
            assertThat(other.figures().liveRows()).isEqualTo(5);
        }
    }

    @Test void any_lost_tail_is_found_at_restore_and_named() throws IOException {
        byte[] whole = Files.readAllBytes(files.getFirst());
        try (FileSegmentStore other = FileSegmentStore.open(folder.resolve("other"), Rows.SHARD)) {
            for (int length = 0; length < whole.length; length++) {
                Path file = Files.write(folder.resolve("short.records"), Arrays.copyOf(whole, length));
                assertThatThrownBy(() -> restore(other, file, space)).as("%d bytes", length)
                        .isInstanceOf(DamagedFileException.class).hasMessageContaining(file.toString());
            }
        }
    }

    @Test void records_that_changed_places_are_found_though_each_is_whole() throws IOException {
        byte[] bytes = Files.readAllBytes(files.getFirst());
        int frames = bytes.length - RecordFormat.HEADER_BYTES - RecordFormat.FOOTER_BYTES;
        int frame = frames / 5;
        assertThat(frame * 5).isEqualTo(frames);
        byte[] first = Arrays.copyOfRange(bytes, RecordFormat.HEADER_BYTES, RecordFormat.HEADER_BYTES + frame);
        System.arraycopy(bytes, RecordFormat.HEADER_BYTES + frame, bytes, RecordFormat.HEADER_BYTES, frame);
        System.arraycopy(first, 0, bytes, RecordFormat.HEADER_BYTES + frame, frame);
        Path file = Files.write(folder.resolve("swapped.records"), bytes);
        try (FileSegmentStore other = FileSegmentStore.open(folder.resolve("other"), Rows.SHARD)) {
            assertThatThrownBy(() -> restore(other, file, space))
                    .isInstanceOf(DamagedFileException.class).hasMessageContaining("file checksum does not match");
        }
    }

    @Test void a_file_of_another_shard_is_refused() throws IOException {
        try (FileSegmentStore other = FileSegmentStore.open(folder.resolve("other"), new ShardId(4))) {
            assertThatThrownBy(() -> restore(other, files.getFirst(), space))
                    .isInstanceOf(DamagedFileException.class).hasMessageContaining("belongs to shard 3");
        }
    }

    @Test void a_failed_restore_leaves_the_store_as_it_was() throws IOException {
        byte[] damaged = Files.readAllBytes(files.getFirst());
        damaged[damaged.length / 2] ^= 1;
        Path file = Files.write(folder.resolve("damaged.records"), damaged);
        assertThatThrownBy(() -> restore(store, file, space)).isInstanceOf(DamagedFileException.class);
        try (View view = store.view()) {
            assertThat(rows).allMatch(view::shows);
        }
        store.append(space, anObservation("k6", Rows.gaussian(new Random(6), DIMENSION)), 6);
        store.publish(6);
        assertThat(store.figures().liveRows()).isEqualTo(6);
    }

    @Test void a_byte_that_changes_under_a_running_store_is_found_by_reads_and_searches() throws IOException {
        // The same bytes as the store's own file.
        byte[] damaged = Files.readAllBytes(files.getFirst());
        damaged[RecordFormat.HEADER_BYTES + 40] ^= 1;
        try (Stream<Path> found = Files.list(own)) {
            Path file = found.findFirst().orElseThrow();
            Files.write(file, damaged);
            assertThatThrownBy(() -> store.read(rows.getFirst()))
                    .isInstanceOf(DamagedFileException.class)
                    .hasMessageContaining(file.toString()).hasMessageContaining("at offset " + RecordFormat.HEADER_BYTES);
            assertThat(store.read(rows.getLast()).version()).isEqualTo(5);
            try (View view = store.view()) {
                Embedding query = Embedding.of(Rows.gaussian(new Random(1), DIMENSION));
                assertThatThrownBy(() -> view.search(space, query, 5, Optional.empty(), OptionalDouble.empty(), () -> {}))
                        .isInstanceOf(DamagedFileException.class).hasMessageContaining(file.toString());
            }
        }
    }

    @Test void a_file_cut_short_under_a_running_store_is_found_by_reads() throws IOException {
        List<RowId> more = new ArrayList<>();
        for (int i = 6; i <= 500; i++) more.add(store.append(space, anObservation("k" + i, Rows.gaussian(new Random(i), DIMENSION)), i));
        store.publish(500);
        store.seal(Files.createDirectories(folder.resolve("snapshots")));
        try (Stream<Path> found = Files.list(own)) {
            Path file = found.max(Comparator.comparingLong(f -> f.toFile().length())).orElseThrow();
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(10_000);
            }
            for (RowId row : more.subList(100, more.size()))
                assertThatThrownBy(() -> store.read(row))
                        .isInstanceOf(DamagedFileException.class).hasMessageContaining(file.toString());
            assertThat(store.read(more.getFirst()).version()).isEqualTo(6);
        }
    }

    @Test void a_folder_that_takes_no_writes_stops_the_store_until_a_restore() throws IOException {
        try (Stream<Path> found = Files.list(own)) {
            for (Path file : found.toList()) Files.delete(file);
        }
        Files.delete(own);
        float[] vector = Rows.gaussian(new Random(6), DIMENSION);
        assertThatThrownBy(() -> store.append(space, anObservation("k6", vector), 6)).isInstanceOf(IOException.class);
        assertThatThrownBy(() -> store.publish(6)).isInstanceOf(IOException.class).hasMessageContaining("no writes before a restore");
        try (View view = store.view()) {
            assertThat(view.position()).isEqualTo(5);
            assertThat(rows).allMatch(view::shows);
            assertThat(store.read(rows.getFirst()).version()).isEqualTo(1);
        }
        Files.createDirectories(own);
        restore(store, files.getFirst(), space);
        store.append(space, anObservation("k6", vector), 6);
        store.publish(6);
        assertThat(store.figures().liveRows()).isEqualTo(6);
    }
}
