package io.engram.jepsen.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What nodes say of how they were broken.
class AgentJarTest {
    @TempDir
    private Path logs;

    @Test
    void nothing_is_missed_if_each_class_was_broken_on_some_node() throws IOException {
        node("n1", "engram controls: rewrites a.Reads", "engram controls: rewrites a.Log", "engram controls: rewrote a.Reads");
        node("n2", "engram controls: rewrites a.Reads", "engram controls: rewrites a.Log", "ready", "engram controls: rewrote a.Log");
        assertThat(AgentJar.missed(logs)).isEmpty();
    }

    @Test
    void a_class_that_no_node_has_broken_is_missed() throws IOException {
        node("n1", "engram controls: rewrites a.Reads", "engram controls: rewrites a.Log", "engram controls: rewrote a.Reads");
        assertThat(AgentJar.missed(logs)).containsExactly("a.Log");
    }

    @Test
    void nodes_that_were_not_to_be_broken_are_a_fault_of_the_harness() throws IOException {
        node("n1", "ready");
        assertThatThrownBy(() -> AgentJar.missed(logs)).isInstanceOf(IllegalStateException.class).hasMessageContaining("no node says");
    }

    private void node(String name, String... lines) throws IOException {
        Files.write(logs.resolve(name + ".log"), java.util.List.of(lines));
    }
}
