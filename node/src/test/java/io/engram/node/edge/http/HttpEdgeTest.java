package io.engram.node.edge.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.engram.grid.Figure;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HttpEdgeTest {
    private final AtomicReference<HttpEdge.Readiness> readiness =
            new AtomicReference<>(new HttpEdge.Readiness(false, List.of("starting", "no-leader shard=1 \"x\"")));
    private final AtomicReference<RuntimeException> broken = new AtomicReference<>();
    private HttpEdge edge;
    private HttpClient client;

    @BeforeEach void open() throws IOException {
        CollectorRegistry registry = new CollectorRegistry();
        DefaultExports.register(registry);
        registry.register(new GridCollector(() -> {
            if (broken.get() != null) throw broken.get();
            return List.of(
                    new Figure("hot_hits_total", "Hits.", Figure.Kind.COUNTER, Map.of("shard", "1"), 3),
                    new Figure("hot_hits_total", "Hits.", Figure.Kind.COUNTER, Map.of("shard", "2"), 4),
                    new Figure("shard_term", "Term.", Figure.Kind.GAUGE, Map.of(), 7));
        }));
        edge = HttpEdge.serve(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), readiness::get, registry);
        client = HttpClient.newHttpClient();
    }

    @AfterEach void close() {
        client.close();
        edge.close();
    }

    private HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder().GET(), path);
    }

    private HttpResponse<String> send(HttpRequest.Builder request, String path) throws IOException, InterruptedException {
        return client.send(request.uri(URI.create("http://127.0.0.1:" + edge.port() + path)).timeout(Duration.ofSeconds(30)).build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test void says_that_the_process_lives_ready_or_not() throws Exception {
        assertThat(get("/livez").statusCode()).isEqualTo(200);
    }

    @Test void says_whether_it_is_ready_and_why_not() throws Exception {
        HttpResponse<String> not = get("/readyz");
        assertThat(not.statusCode()).isEqualTo(503);
        assertThat(not.body()).isEqualTo("{\"ready\":false,\"reasons\":[\"starting\",\"no-leader shard=1 \\\"x\\\"\"]}\n");
        readiness.set(new HttpEdge.Readiness(true, List.of()));
        HttpResponse<String> now = get("/readyz");
        assertThat(now.statusCode()).isEqualTo(200);
        assertThat(now.headers().firstValue("content-type")).hasValueSatisfying(t -> assertThat(t).startsWith("application/json"));
    }

    @Test void shows_the_figures_of_the_grid_and_of_the_jvm() throws Exception {
        assertThat(get("/metrics").body())
                .contains("engram_hot_hits_total{shard=\"1\",} 3.0", "engram_hot_hits_total{shard=\"2\",} 4.0", "engram_shard_term 7.0",
                        "# TYPE engram_hot_hits_total counter", "jvm_memory_bytes_used");
    }

    @Test void shows_the_others_figures_when_the_grid_cannot_tell_its_own() throws Exception {
        broken.set(new IllegalStateException("closed"));
        assertThat(get("/metrics").statusCode()).isEqualTo(200);
        assertThat(get("/metrics").body()).contains("jvm_").doesNotContain("engram_hot");
    }

    @Test void knows_no_other_pages_and_no_other_methods() throws Exception {
        assertThat(get("/").statusCode()).isEqualTo(404);
        assertThat(get("/livezz").statusCode()).isEqualTo(404);
        assertThat(send(HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString("x")), "/livez").statusCode()).isEqualTo(405);
        assertThat(send(HttpRequest.newBuilder().HEAD(), "/livez").statusCode()).isEqualTo(200);
    }
}
