package io.engram.jepsen.report.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Serves a folder of runs on loopback until it is closed.
public final class RunServer implements AutoCloseable {
    private static final Map<String, String> TYPES = Map.of(
            "html", "text/html; charset=utf-8", "json", "application/json", "jsonl", "text/plain; charset=utf-8", "edn", "text/plain; charset=utf-8",
            "log", "text/plain; charset=utf-8", "txt", "text/plain; charset=utf-8", "png", "image/png", "svg", "image/svg+xml");
    /// Names that a browser on this machine uses for it. Any other name was pointed here by somebody else's DNS.
    private static final Set<String> HOSTS = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Path root;
    private final HttpServer http;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    private RunServer(Path root, HttpServer http) {
        this.root = root;
        this.http = http;
    }

    /// @param port 0 for any that is free
    /// @throws NoSuchFileException the folder is not there
    /// @throws java.net.BindException the port is taken
    public static RunServer start(Path folder, int port) throws IOException {
        if (!Files.isDirectory(folder)) throw new NoSuchFileException(folder + " (a folder of runs)");
        RunServer server = new RunServer(folder.toRealPath(), HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 64));
        server.http.setExecutor(server.threads);
        server.http.createContext("/", server::answer);
        server.http.start();
        return server;
    }

    public String url() {
        return "http://127.0.0.1:" + http.getAddress().getPort() + "/";
    }

    @Override
    public void close() {
        http.stop(0);
        threads.shutdownNow();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String method = exchange.getRequestMethod();
            if (!allowed(exchange.getRequestHeaders().getFirst("Host"))) page(exchange, 403, IndexPage.failure(403, "this server answers to localhost only"));
            else if (!method.equals("GET") && !method.equals("HEAD")) page(exchange, 405, IndexPage.failure(405, "this server only shows: GET or HEAD"));
            else show(exchange);
        }
    }

    private static boolean allowed(@Nullable String host) {
        return host != null && HOSTS.contains(host.replaceFirst(":\\d+$", ""));
    }

    private void show(HttpExchange exchange) throws IOException {
        try {
            find(exchange);
        } catch (NoSuchFileException | AccessDeniedException gone) {
            page(exchange, 404, IndexPage.failure(404, "no such file"));
        }
    }

    private void find(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        if (path == null || path.equals("/")) {
            page(exchange, 200, IndexPage.runs(root, RunIndex.of(root)));
            return;
        }
        Path file = inside(path);
        if (!Files.isDirectory(file)) {
            file(exchange, file);
        } else if (!path.endsWith("/")) {
            exchange.getResponseHeaders().set("Location", "/" + IndexPage.encode(root.relativize(file).toString()) + "/");
            exchange.sendResponseHeaders(301, -1);
        } else {
            page(exchange, 200, IndexPage.files(path, names(file)));
        }
    }

    /// The file that is meant, with links followed: it has to be under the folder after that, too.
    private Path inside(String path) throws IOException {
        try {
            Path named = root.resolve(path.replaceFirst("^/+", "")).normalize();
            if (!named.startsWith(root)) throw new NoSuchFileException(path);
            Path real = named.toRealPath();
            if (!real.startsWith(root)) throw new NoSuchFileException(path);
            return real;
        } catch (InvalidPathException e) {
            throw new NoSuchFileException(path);
        }
    }

    private static List<String> names(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName() + (Files.isDirectory(f) ? "/" : "")).sorted().toList();
        }
    }

    private static void file(HttpExchange exchange, Path file) throws IOException {
        // Asked before anything is sent: after that it is too late to say so.
        if (!Files.isRegularFile(file)) throw new NoSuchFileException(file.toString());
        if (!Files.isReadable(file)) throw new AccessDeniedException(file.toString());
        String name = String.valueOf(file.getFileName());
        head(exchange, TYPES.getOrDefault(name.substring(name.lastIndexOf('.') + 1), "application/octet-stream"));
        if (exchange.getRequestMethod().equals("HEAD")) {
            exchange.sendResponseHeaders(200, -1);
            return;
        }
        // Without a length: a history may grow while it is sent.
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream to = exchange.getResponseBody()) {
            Files.copy(file, to);
        }
    }

    private static void page(HttpExchange exchange, int status, String html) throws IOException {
        byte[] bytes = html.getBytes(StandardCharsets.UTF_8);
        head(exchange, "text/html; charset=utf-8");
        boolean body = !exchange.getRequestMethod().equals("HEAD");
        exchange.sendResponseHeaders(status, body ? bytes.length : -1);
        if (body) exchange.getResponseBody().write(bytes);
    }

    private static void head(HttpExchange exchange, String type) {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
    }
}
