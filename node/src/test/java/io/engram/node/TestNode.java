package io.engram.node;

import static org.awaitility.Awaitility.await;

import io.engram.node.config.NodeConfig;
import io.engram.node.config.NodeConfigReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
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
                "--dev", "--data=" + data, "--base.port=" + freePorts(), "--hot.max-bytes=16MiB", "--cold.region-bytes=64MiB"));
        arguments.addAll(List.of(further));
        return NodeConfigReader.read(arguments, Map.of()).config();
    }

    int port() {
        return node.clientPort();
    }

    /// The first of seven ports in a row that nobody has.
    private static int freePorts() throws IOException {
        for (int attempt = 0; attempt < 100; attempt++) {
            int base;
            try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
                base = any.getLocalPort();
            }
            if (base < 65_000 && allFree(base)) return base;
        }
        throw new IOException("no seven free ports in a row");
    }

    private static boolean allFree(int base) {
        for (int port = base; port < base + NodeConfig.Ports.COUNT; port++) {
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                if (!socket.isBound()) return false;
            } catch (IOException e) {
                return false;
            }
        }
        return true;
    }

    @Override
    public void close() {
        node.close();
    }
}
