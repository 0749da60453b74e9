package io.engram.grid.memory.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.GridConfig.MemoryConfig;
import io.engram.grid.log.Entry;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.ManualTime;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.segment.FileSegmentStore;
import io.engram.grid.memory.segment.SegmentStore.Found;
import io.engram.grid.wire.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The shard's state over real files, beside one that keeps all in memory: both must come to the same.
class ShardOnFilesTest {
    @TempDir Path folder;

    private static ShardState shard(FileSegmentStore segments) {
        ManualTime time = new ManualTime();
        return new ShardState(new ShardId(0), segments, MemoryConfig.DEFAULT, Applied.NOBODY, time, time);
    }

    private static void compare(TestShard wanted, ShardState state, FileSegmentStore segments, List<Space> spaces, String run)
            throws IOException {
        try (ShardReading reading = state.read()) {
            assertThat(reading.digest()).as(run).isEqualTo(wanted.digest());
            for (Space space : spaces) {
                assertThat(TestShard.memories(reading, space)).as(run).isEqualTo(wanted.memories(space));
                Found found = reading.rows().search(space, Embedding.of(1, 2), 1_000, Optional.empty(), OptionalDouble.empty(), () -> {});
                assertThat(found.considered()).as(run).isEqualTo(reading.memories(space.id()));
                for (ShardReading.Located at : reading.scan(space.id(), Optional.empty(), "").toList()) {
                    assertThat(reading.rows().shows(at.row())).as(run).isTrue();
                    assertThat(segments.read(at.row()).version()).as(run).isEqualTo(at.version());
                }
            }
        }
    }

    @Test void comes_to_the_same_state_through_entries_snapshots_and_restores() throws IOException {
        long seed = Long.getLong("engram.seed", System.nanoTime());
        System.out.println("shard on files: -Dengram.seed=" + seed);
        Random random = new Random(seed);
        TestShard wanted = new TestShard(0);
        Path snapshots = Files.createDirectories(folder.resolve("snapshots"));
        List<Space> spaces = new ArrayList<>();
        long nextSpace = 1;
        FileSegmentStore segments = FileSegmentStore.open(folder.resolve("0"), new ShardId(0));
        ShardState state = shard(segments);
        try {
            for (int entry = 0; entry < 300; entry++) {
                List<Command> commands = new ArrayList<>();
                if (spaces.size() < 3) {
                    Space space = Wire.space(nextSpace++, 1);
                    spaces.add(space);
                    commands.add(Wire.install(space));
                }
                for (int i = random.nextInt(20); i > 0; i--) {
                    Space space = spaces.get(random.nextInt(spaces.size()));
                    String key = "k" + random.nextInt(40);
                    commands.add(random.nextInt(4) == 0 ? Wire.forget(space, key) : Wire.put(space, key, "text " + random.nextInt()));
                }
                if (random.nextInt(30) == 0) commands.add(Wire.drop(spaces.remove(random.nextInt(spaces.size()))));
                wanted.apply(Duration.ofMillis(5), commands.toArray(Command[]::new));
                byte[][] bytes = commands.stream().map(Command::toByteArray).toArray(byte[][]::new);
                state.apply(state.applied() + 1, new Entry(Duration.ofMillis(5), Arrays.asList(bytes)));
                String run = "seed " + seed + " entry " + entry;
                if (random.nextInt(10) > 0) continue;
                compare(wanted, state, segments, spaces, run);
                List<Path> files = state.snapshot(snapshots);
                // The next replica: on the same folder after a crash, on another one, or this one again.
                switch (random.nextInt(3)) {
                    case 0 -> state.restore(snapshots, files);
                    case 1 -> {
                        state.close();
                        segments.close();
                        segments = FileSegmentStore.open(folder.resolve("0"), new ShardId(0));
                        state = shard(segments);
                        state.restore(snapshots, files);
                    }
                    default -> {
                        state.close();
                        segments.close();
                        segments = FileSegmentStore.open(folder.resolve("after-" + entry), new ShardId(0));
                        state = shard(segments);
                        state.restore(snapshots, files);
                    }
                }
                state.retain(files);
                compare(wanted, state, segments, spaces, run);
            }
            compare(wanted, state, segments, spaces, "seed " + seed + " at the end");
        } finally {
            state.close();
            segments.close();
        }
    }
}
