package io.engram.node.edge.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/// `/livez` 200 while the process serves HTTP at all; `/readyz` 200, or 503 with the reasons, as JSON; `/metrics` for Prometheus.
public final class HttpEdge implements AutoCloseable {
    private static final int MAX_AT_WORK = 32;
    private static final String JSON = "application/json; charset=utf-8";

    private final HttpServer server;
    private final ExecutorService executor;

    /// @param reasons why it is not ready, one line each, even if it is ready with something lost
    public record Readiness(boolean ready, List<String> reasons) {
        public Readiness {
            reasons = List.copyOf(reasons);
        }
    }

    private HttpEdge(HttpServer server, ExecutorService executor) {
        this.server = server;
        this.executor = executor;
    }

    /// Listens when it returns.
    ///
    /// @param readiness must be cheap
    public static HttpEdge serve(InetSocketAddress address, Supplier<Readiness> readiness, CollectorRegistry registry)
            throws IOException {
        HttpServer server = HttpServer.create(address, 64);
        ExecutorService executor = Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());
        server.setExecutor(executor);
        Semaphore places = new Semaphore(MAX_AT_WORK);
        server.createContext("/livez", bounded(places, exchange -> answer(exchange, 200, JSON, "{\"live\":true}\n")));
        server.createContext("/readyz", bounded(places, exchange -> {
            Readiness now = readiness.get();
            answer(exchange, now.ready() ? 200 : 503, JSON, json(now));
        }));
        server.createContext("/metrics", bounded(places, exchange -> {
            String type = TextFormat.chooseContentType(exchange.getRequestHeaders().getFirst("Accept"));
            StringWriter text = new StringWriter();
            TextFormat.writeFormat(type, text, registry.metricFamilySamples());
            answer(exchange, 200, type, text.toString());
        }));
        server.createContext("/", bounded(places, exchange -> answer(exchange, 404, JSON,
                "{\"error\":\"there are /livez, /readyz and /metrics\"}\n")));
        server.start();
        return new HttpEdge(server, executor);
    }

    private static HttpHandler bounded(Semaphore places, HttpHandler handler) {
        return exchange -> {
            try (exchange) {
                if (!places.tryAcquire()) {
                    answer(exchange, 503, JSON, "{\"error\":\"too many requests at once\"}\n");
                    return;
                }
                try {
                    String path = exchange.getRequestURI().getPath();
                    boolean exact = exchange.getHttpContext().getPath().equals(path) || exchange.getHttpContext().getPath().equals("/");
                    if (!exact) answer(exchange, 404, JSON, "{\"error\":\"no such page\"}\n");
                    else if (!exchange.getRequestMethod().equals("GET") && !exchange.getRequestMethod().equals("HEAD"))
                        answer(exchange, 405, JSON, "{\"error\":\"only GET\"}\n");
                    else handler.handle(exchange);
                } finally {
                    places.release();
                }
            }
        };
    }

    private static void answer(HttpExchange exchange, int code, String type, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(code, -1);
            return;
        }
        exchange.sendResponseHeaders(code, bytes.length);
        exchange.getResponseBody().write(bytes);
    }

    private static String json(Readiness readiness) {
        return readiness.reasons().stream()
                .map(HttpEdge::quoted)
                .collect(Collectors.joining(",", "{\"ready\":" + readiness.ready() + ",\"reasons\":[", "]}\n"));
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.chars().forEach(c -> {
            if (c == '"' || c == '\\') quoted.append('\\').append((char) c);
            else if (c < ' ') quoted.append(String.format("\\u%04x", c));
            else quoted.append((char) c);
        });
        return quoted.append('"').toString();
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }
}
