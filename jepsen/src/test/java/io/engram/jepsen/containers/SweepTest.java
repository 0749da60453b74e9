package io.engram.jepsen.containers;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.jepsen.cluster.ContainerCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.DockerClientFactory;

/// What a harness leaves that was killed, the next one takes away; what belongs to one that runs, nobody touches.
@NeedsDocker
class SweepTest {
    private static final String OWNER = "io.engram.jepsen.owner";
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void a_run_removes_what_a_killed_one_left_and_nothing_of_one_that_lives() throws Exception {
        Process killed = harness("killed");
        Process living = harness("living");
        try {
            broken("killed");
            broken("living");
            List<String> ofLiving = containers(living.pid());
            assertThat(containers(killed.pid())).hasSize(1);
            assertThat(ofLiving).hasSize(1);
            assertThat(networks(killed.pid())).hasSize(1);

            assertThat(killed.destroyForcibly().waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(containers(killed.pid())).as("nobody cleaned up after a SIGKILL").hasSize(1);

            try (ContainerCluster next = ContainerCluster.start(ContainerCluster.Layout.of(1))) {
                assertThat(containers(killed.pid())).isEmpty();
                assertThat(networks(killed.pid())).isEmpty();
                assertThat(containers(living.pid())).isEqualTo(ofLiving);
                assertThat(networks(living.pid())).hasSize(1);
                assertThat(containers(ProcessHandle.current().pid())).hasSize(1);
                assertThat(next.nodes()).hasSize(1);
            }
            assertThat(containers(ProcessHandle.current().pid())).isEmpty();

            living.getOutputStream().close();
            assertThat(living.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            assertThat(containers(living.pid())).as("one that ends in order leaves nothing").isEmpty();
            assertThat(networks(living.pid())).isEmpty();
        } finally {
            killed.destroyForcibly();
            living.destroyForcibly();
            killed.waitFor();
            living.waitFor();
            // So that a test that failed leaves nothing either: this sweeps.
            ContainerCluster.start(ContainerCluster.Layout.of(1)).close();
        }
    }

    private Process harness(String name) throws IOException {
        return new ProcessBuilder(System.getProperty("java.home") + "/bin/java", "-Xmx128m", "-cp", System.getProperty("java.class.path"), LeftBehind.class.getName())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name).toFile())
                .start();
    }

    private void broken(String name) {
        Awaitility.await().atMost(LIMIT).untilAsserted(() -> assertThat(Files.readString(folder.resolve(name), StandardCharsets.UTF_8)).contains("BROKEN"));
    }

    /// The engine's own idea of what there is, running or not.
    private static List<String> containers(long pid) {
        return DockerClientFactory.lazyClient().listContainersCmd().withShowAll(true).withLabelFilter(List.of(OWNER)).exec().stream()
                .filter(container -> of(pid, container.getLabels().get(OWNER)))
                .map(container -> container.getId() + " " + container.getState())
                .toList();
    }

    private static List<String> networks(long pid) {
        return DockerClientFactory.lazyClient().listNetworksCmd().withFilter("label", List.of(OWNER)).exec().stream()
                .filter(network -> of(pid, network.getLabels().get(OWNER)))
                .map(network -> network.getId())
                .toList();
    }

    private static boolean of(long pid, String owner) {
        return owner.contains("/" + pid + "/");
    }
}
