package io.engram.jepsen.docker;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;

/// What a node shows to the outside: readiness, its wall clock, and whether it takes calls. Safe for use by many threads.
public final class NodeDoor {
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /// A proxy of the engine accepts connections for a node that cannot be reached; only an answer of the node's own counts.
    private static final byte[] HTTP2_PREFACE = ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + "\0\0\0\4\0\0\0\0\0").getBytes(StandardCharsets.ISO_8859_1);

    private static final HttpClient HTTP = HttpClient.newBuilder().connectTimeout(PATIENCE).build();

    private final String host;
    private final int port;
    private final int httpPort;

    NodeDoor(String host, int port, int httpPort) {
        this.host = host;
        this.port = port;
        this.httpPort = httpPort;
    }

    /// Whether it says that it can serve.
    public boolean ready() {
        return get("/readyz").filter(answer -> answer.statusCode() == 200).isPresent();
    }

    /// Whether its process answers at all.
    public boolean answers() {
        return get("/livez").isPresent();
    }

    /// Its wall clock, to the second.
    public Optional<Instant> clock() {
        return get("/livez")
                .flatMap(answer -> answer.headers().firstValue("Date"))
                .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
    }

    /// Whether a client that connects gets the first bytes of the protocol.
    public boolean greetsClients(Duration limit) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int) limit.toMillis());
            socket.setSoTimeout((int) limit.toMillis());
            socket.getOutputStream().write(HTTP2_PREFACE);
            return socket.getInputStream().read() >= 0;
        } catch (IOException silent) {
            return false;
        }
    }

    private Optional<HttpResponse<Void>> get(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://" + host + ":" + httpPort + path)).timeout(PATIENCE).build();
        try {
            return Optional.of(HTTP.send(request, HttpResponse.BodyHandlers.discarding()));
        } catch (IOException silent) {
            return Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.empty();
        }
    }
}
