package io.engram.grid.tier.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Three processes on hosts of their own, with a network that is really cut.
@Tag("slow")
// Reading what a process says cannot be interrupted, and has no limit of its own.
@Timeout(value = 15, unit = TimeUnit.MINUTES, threadMode = ThreadMode.SEPARATE_THREAD)
class ColdSplitTest {
    private static final Logger log = LoggerFactory.getLogger(ColdSplitTest.class);
    private static final Duration LONG = Duration.ofMinutes(2);

    @Test
    void a_cluster_that_was_cut_is_whole_again_with_no_operator(@TempDir Path folder) throws Exception {
        assumeTrue(Namespaces.possible(), "network namespaces need root");
        List<Node> nodes = new ArrayList<>();
        Namespaces hosts = new Namespaces(3);
        try {
            hosts.open();
            for (int i = 0; i < 3; i++) nodes.add(new Node(hosts, i, folder));
            awaitAll(nodes, "up 3");
            assertThat(nodes.get(0).ask("put 0/1")).isEqualTo("put");

            hosts.cut(2);
            awaitAll(nodes.subList(0, 2), "degraded 2");
            awaitAll(nodes.subList(2, 3), "degraded 1");
            assertThat(nodes.get(0).ask("put 0/2")).isEqualTo("put");
            assertThat(nodes.get(2).ask("put 0/3")).startsWith("refused");
            assertThat(nodes.get(2).ask("get 0/1")).isEqualTo("right");
            hosts.heal(2);
            awaitAll(nodes, "up 3");
            assertThat(nodes.get(2).ask("get 0/2")).isEqualTo("right");

            for (int i = 0; i < 3; i++) hosts.cut(i);
            awaitAll(nodes, "degraded 1");
            for (int i = 0; i < 3; i++) hosts.heal(i);
            awaitAll(nodes, "up 3");
            assertThat(nodes.get(1).ask("put 0/4")).isEqualTo("put");
            for (Node node : nodes)
                for (String name : List.of("0/1", "0/2", "0/4")) assertThat(node.ask("get " + name)).isEqualTo("right");
        } finally {
            for (Node node : nodes) node.close();
            hosts.close();
        }
    }

    private static void awaitAll(List<Node> nodes, String health) {
        long from = System.nanoTime();
        await().atMost(LONG).untilAsserted(() -> {
            for (Node node : nodes) assertThat(node.ask("health")).isEqualTo(health);
        });
        log.info("health={} nodes={} seconds={}", health, nodes.size(), (System.nanoTime() - from) / 1_000_000_000.0);
    }

    private static final class Node implements AutoCloseable {
        private final Process process;
        private final PrintWriter in;
        private final BufferedReader out;

        Node(Namespaces hosts, int rank, Path folder) throws IOException {
            String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Path options = Path.of(Objects.requireNonNull(System.getProperty("engram.root")), "ops", "jvm.options");
            List<String> command = new ArrayList<>(List.of(
                    java, "@" + options, "-Xmx256m", "-cp", System.getProperty("java.class.path"),
                    ColdNode.class.getName(), Integer.toString(rank), folder.toString()));
            command.addAll(hosts.addresses());
            process = hosts.command(rank, command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
            in = new PrintWriter(process.outputWriter(StandardCharsets.UTF_8), true);
            out = process.inputReader(StandardCharsets.UTF_8);
        }

        /// The tier's own limits end each call; log lines in between are passed over.
        String ask(String question) throws IOException {
            in.println(question);
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                if (line.startsWith(">")) return line.substring(1);
                log.info("{}", line);
            }
            throw new IOException("node has ended");
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }
}
