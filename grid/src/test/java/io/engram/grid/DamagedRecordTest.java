package io.engram.grid;

import static io.engram.grid.Samples.LINEARIZABLE;
import static io.engram.grid.Samples.createSpace;
import static io.engram.grid.Samples.deadline;
import static io.engram.grid.Samples.key;
import static io.engram.grid.Samples.newName;
import static io.engram.grid.Samples.put;
import static io.engram.grid.Samples.vector;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.engram.grid.freshness.Answer;
import io.engram.grid.log.NodeId;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.View;
import io.engram.grid.tier.hot.Meddling;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A disk that changed a byte under one node's feet: whoever asks that node has the right answer all the same.
class DamagedRecordTest {
    private static final String WORDS = "what the disk shall lose";

    @Test
    void is_served_from_another_replica_and_its_file_is_named(@TempDir Path folder) throws IOException {
        try (LocalCluster cluster = LocalCluster.start(folder, 3, 1)) {
            Space space = createSpace(cluster.any(), newName());
            for (int i = 0; i < 5; i++) put(cluster.any(), space.name(), "k" + i, i == 3 ? WORDS : "sound");
            NodeId node = cluster.nodes().getLast();
            Grid grid = cluster.grid(node);
            // Everything is on its disk once it has answered for all of it; the grid in RAM would hide what became of it there.
            await().atMost(LocalCluster.PATIENCE).untilAsserted(() -> {
                var answer = list(grid, space);
                assertThat(answer.value().memories()).hasSize(5);
                assertThat(answer.proof().node()).isEqualTo(node);
            });
            new Meddling(cluster.name()).terminateAll();
            damage(folder.resolve(node.value()).resolve("records"));

            var listed = list(grid, space);
            assertThat(listed.value().memories()).extracting(m -> m.observation().text()).contains(WORDS).hasSize(5);
            assertThat(listed.proof().node()).isNotEqualTo(node);
            var query = new Memories.Query(vector(new Random(7)), 5, Optional.empty(), OptionalDouble.empty(), false);
            var recalled = grid.memories().recall(space.name(), query, View.FULL, LINEARIZABLE, deadline());
            assertThat(recalled.value().matches()).extracting(m -> m.memory().observation().text()).contains(WORDS).hasSize(5);
            assertThat(recalled.proof().node()).isNotEqualTo(node);
            var got = grid.memories().get(space.name(), key("k3"), View.FULL, LINEARIZABLE, deadline());
            assertThat(got.value().orElseThrow().observation().text()).isEqualTo(WORDS);
            assertThat(got.proof().node()).isNotEqualTo(node);
            // What is sound it goes on to serve itself.
            assertThat(grid.memories().get(space.name(), key("k1"), View.FULL, LINEARIZABLE, deadline()).proof().node()).isEqualTo(node);
            await().atMost(LocalCluster.PATIENCE).untilAsserted(() ->
                    assertThat(grid.health().complaints()).anyMatch(complaint -> complaint.startsWith("damaged-file")));
        }
    }

    private static Answer<Memories.Page> list(Grid grid, Space space) {
        return grid.memories().list(space.name(), "", Optional.empty(), Optional.empty(), 10, View.FULL, LINEARIZABLE, deadline());
    }

    private static void damage(Path records) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(records)) {
            files = all.filter(Files::isRegularFile).toList();
        }
        int damaged = 0;
        for (Path file : files) {
            byte[] bytes = Files.readAllBytes(file);
            int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(WORDS);
            if (at < 0) continue;
            // In place: who has the file open must not find it short.
            try (var disk = new RandomAccessFile(file.toFile(), "rw")) {
                disk.seek(at);
                disk.write(bytes[at] ^ 1);
            }
            damaged++;
        }
        assertThat(damaged).as("files with the record among %s", files).isPositive();
    }
}
