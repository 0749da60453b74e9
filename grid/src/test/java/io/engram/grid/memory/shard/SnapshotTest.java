package io.engram.grid.memory.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.DamagedFileException;
import io.engram.grid.log.Entry;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.segment.FileSegmentStore;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    @TempDir
    Path temp;

    private final ManualTime time = new ManualTime();
    private final List<AutoCloseable> open = new ArrayList<>();
    private Path folder = Path.of("");
    private List<Path> files = List.of();
    private long digest;

    private ShardState replica(int shard) throws IOException {
        SegmentStore store = FileSegmentStore.open(temp.resolve("store" + open.size()), new ShardId(shard));
        ShardState state = new ShardState(
                new ShardId(shard), store, new MemoryConfig(Duration.ofMinutes(1), 1000, 10), Applied.NOBODY, time, time);
        open.add(store);
        open.add(state);
        return state;
    }

    private static long digest(ShardState state) {
        try (ShardReading reading = state.read()) {
            return reading.digest();
        }
    }

    private static void apply(ShardState state, List<Command> commands) throws IOException {
        List<byte[]> outcomes = state.apply(
                state.applied() + 1, new Entry(Duration.ofMillis(100), commands.stream().map(Command::toByteArray).toList()));
        assertThat(outcomes).hasSameSizeAs(commands);
    }

    @BeforeEach
    void take() throws Exception {
        folder = Files.createDirectory(temp.resolve("snapshots"));
        ShardState state = replica(0);
        apply(state, List.of(Wire.install(RandomCommands.ALONE), Wire.install(RandomCommands.SPREAD)));
        RandomCommands commands = new RandomCommands(42);
        for (int i = 0; i < 150; i++) {
            List<Command> entry = commands.entry();
            List<byte[]> outcomes = state.apply(
                    state.applied() + 1, new Entry(Duration.ofMillis(50), entry.stream().map(Command::toByteArray).toList()));
            for (int j = 0; j < outcomes.size(); j++) commands.outcome(entry.get(j), Outcome.parseFrom(outcomes.get(j)));
        }
        files = state.snapshot(folder);
        digest = digest(state);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : open.reversed()) one.close();
    }

    @Test
    void stands_in_the_folder_with_the_table_first() {
        assertThat(files.getFirst().toString()).endsWith(".table");
        assertThat(files).hasSizeGreaterThan(1).allMatch(file -> folder.equals(file.getParent()) && Files.isRegularFile(file));
        assertThat(folder.toFile().list()).noneMatch(name -> name.endsWith(".unfinished"));
    }

    @Test
    void restores_elsewhere_to_the_same_state_and_goes_on_from_its_log_index() throws Exception {
        ShardState other = replica(0);
        other.restore(folder, files);
        assertThat(digest(other)).isEqualTo(digest);
        assertThat(other.applied()).isEqualTo(150);
    }

    @Test
    void of_another_shard_is_refused() throws Exception {
        ShardState other = replica(1);
        assertThatThrownBy(() -> other.restore(folder, files)).isInstanceOf(DamagedFileException.class).hasMessageContaining("of shard 0");
    }

    @Test
    void files_that_no_kept_snapshot_names_are_deleted() throws Exception {
        ShardState state = replica(0);
        state.restore(folder, files);
        apply(state, List.of(Wire.put(RandomCommands.ALONE, "new", "x")));
        Path orphan = folder.resolve("0-1234.records");
        Files.write(orphan, new byte[10]);
        Path foreign = folder.resolve("snapshot-1.manifest");
        Files.write(foreign, new byte[10]);
        List<Path> newer = state.snapshot(folder);
        state.retain(newer);
        assertThat(orphan).doesNotExist();
        assertThat(foreign).exists();
        assertThat(files.getFirst()).doesNotExist();
        assertThat(newer).allMatch(Files::exists);
        ShardState other = replica(0);
        other.restore(folder, newer);
        assertThat(digest(other)).isEqualTo(digest(state));
    }

    @Nested
    class A_damaged_snapshot {
        private void refused(Path damaged) throws Exception {
            ShardState other = replica(0);
            apply(other, List.of(Wire.install(RandomCommands.ALONE), Wire.put(RandomCommands.ALONE, "mine", "x")));
            long before = digest(other);
            assertThatThrownBy(() -> other.restore(folder, files))
                    .isInstanceOf(DamagedFileException.class)
                    .hasMessageContaining(damaged.toString());
            assertThat(digest(other)).as("what readers see").isEqualTo(before);
            assertThatThrownBy(() -> apply(other, List.of(Wire.tick()))).hasMessageContaining("frozen");
        }

        @Test
        void in_any_byte_of_the_table_is_refused() throws Exception {
            Path table = files.getFirst();
            byte[] good = Files.readAllBytes(table);
            ShardState other = replica(0);
            // Every byte of the beginning and the end, where the lengths and counts stand, and a sample of the rest.
            for (int at = 0; at < good.length; at += at < 200 || at > good.length - 50 ? 1 : 197) {
                byte[] bad = good.clone();
                bad[at] ^= 0x10;
                Files.write(table, bad);
                assertThatThrownBy(() -> other.restore(folder, files))
                        .as("byte %s of %s", at, good.length)
                        .isInstanceOf(DamagedFileException.class);
            }
            Files.write(table, good);
            other.restore(folder, files);
            assertThat(digest(other)).isEqualTo(digest);
        }

        @Test
        void cut_short_anywhere_is_refused() throws Exception {
            Path table = files.getFirst();
            byte[] good = Files.readAllBytes(table);
            for (int length : new int[] {0, 10, 20, good.length / 2, good.length - 30, good.length - 1}) {
                Files.write(table, Arrays.copyOf(good, length));
                refused(table);
            }
        }

        @Test
        void with_something_after_its_end_is_refused() throws Exception {
            Path table = files.getFirst();
            byte[] good = Files.readAllBytes(table);
            Files.write(table, Arrays.copyOf(good, good.length + 1));
            refused(table);
        }

        @Test
        void in_a_record_file_is_refused() throws Exception {
            Path records = files.get(1);
            byte[] bytes = Files.readAllBytes(records);
            bytes[bytes.length / 2] ^= 1;
            // A new file: the old bytes are also the store's own.
            Files.delete(records);
            Files.write(records, bytes);
            refused(records);
        }

        @Test
        void without_one_of_its_files_is_refused() throws Exception {
            Files.delete(files.get(1));
            refused(files.get(1));
        }

        @Test
        void whose_list_leaves_a_file_out_is_refused() throws Exception {
            Path left = files.get(1);
            files = files.stream().filter(file -> !file.equals(left)).toList();
            refused(files.getFirst());
        }

        @Test
        void without_its_table_is_refused() throws Exception {
            List<Path> records = files.subList(1, files.size());
            ShardState other = replica(0);
            assertThatThrownBy(() -> other.restore(folder, records)).isInstanceOf(DamagedFileException.class);
        }

        @Test
        void can_be_followed_by_a_sound_one() throws Exception {
            byte[] good = Files.readAllBytes(files.getFirst());
            Files.write(files.getFirst(), new byte[0]);
            ShardState other = replica(0);
            assertThatThrownBy(() -> other.restore(folder, files)).isInstanceOf(DamagedFileException.class);
            Files.write(files.getFirst(), good);
            other.restore(folder, files);
            assertThat(digest(other)).isEqualTo(digest);
        }
    }
}
