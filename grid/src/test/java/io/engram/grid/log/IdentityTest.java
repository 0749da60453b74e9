package io.engram.grid.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdentityTest {
    private static final NodeId N1 = new NodeId("n1");
    @TempDir Path data;

    @Test
    void stays_the_same_when_a_folder_is_opened_again() throws IOException {
        Identity first = Identity.open(data, "test", N1);
        assertThat(Identity.open(data, "test", N1)).isEqualTo(first);
    }

    @Test
    void of_another_cluster_or_node_is_refused() throws IOException {
        Identity.open(data, "test", N1);
        assertThatThrownBy(() -> Identity.open(data, "other", N1))
                .isInstanceOf(IOException.class).hasMessageContaining("belongs to cluster 'test'");
        assertThatThrownBy(() -> Identity.open(data, "test", new NodeId("n2")))
                .isInstanceOf(IOException.class).hasMessageContaining("belongs to node 'n1'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"seats", "raft", "shards", "records"})
    void is_not_made_up_for_replicas_that_are_there_already(String name) throws IOException {
        Files.createDirectories(data.resolve(name));
        assertThatThrownBy(() -> Identity.open(data, "test", N1))
                .isInstanceOf(IOException.class).hasMessageContaining("(" + name + ")").hasMessageContaining("no identity file");
        assertThat(data.resolve("identity")).doesNotExist();
    }
}
