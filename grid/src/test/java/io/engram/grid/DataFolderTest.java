package io.engram.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @Test
    void with_records_of_nobody_in_particular_is_refused_and_left_as_it_was(@TempDir Path folder) throws IOException {
        String node;
        try (LocalCluster cluster = LocalCluster.start(folder, 1, 1)) {
            node = cluster.nodes().getFirst().value();
            cluster.closeAll();
            Path data = folder.resolve(node);
            for (String part : List.of("identity", "seats", "raft", "shards")) Files.move(data.resolve(part), folder.resolve("lost-" + part));
            List<Path> left = files(data);
            assertThat(left).anyMatch(file -> file.startsWith(data.resolve("records")));

            assertThatThrownBy(cluster::openAll).hasStackTraceContaining("holds replicas (records) but no identity file");

            assertThat(files(data)).isEqualTo(left);
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.sorted().toList();
        }
    }
}
