package io.engram.node;

import static org.awaitility.Awaitility.await;

import io.engram.node.config.NodeConfig;
import io.engram.node.config.NodeConfigReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// One real node in this process, all engines running, ready.
final class TestNode implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(60);
    private final Node node;

    private TestNode(Node node) {
        this.node = node;
    }

    static TestNode open(NodeConfig config) throws IOException {
        TestNode node = new TestNode(Node.open(config));
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + config.listen().ports().http() + "/readyz")).timeout(PATIENCE).build();
            await().atMost(PATIENCE).until(() -> client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200);
        } catch (RuntimeException e) {
            node.close();
            throw e;
        }
        return node;
    }

    /// @param further as on the command line
    static NodeConfig config(Path data, String... further) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "--dev", "--data=" + data, "--base.port=" + FreePorts.inARow(NodeConfig.Ports.COUNT), "--hot.max-bytes=16MiB", "--cold.region-bytes=64MiB"));
        arguments.addAll(List.of(further));
        return NodeConfigReader.read(arguments, Map.of()).config();
    }

    int port() {
        return node.clientPort();
    }

    @Override
    public void close() {
        node.close();
    }
}
