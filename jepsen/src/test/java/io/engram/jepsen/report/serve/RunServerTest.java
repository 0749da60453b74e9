package io.engram.jepsen.report.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunServerTest {
    private final Path runs;
    private final RunServer server;

    RunServerTest(@TempDir Path folder) throws IOException {
        runs = Files.createDirectory(folder.resolve("runs"));
        Files.writeString(folder.resolve("secret.txt"), "SECRET");
        Files.createDirectory(folder.resolve("runs-of-others"));
        Files.writeString(folder.resolve("runs-of-others/secret.txt"), "SECRET");
        Path run = Files.createDirectories(runs.resolve("soak/register 1"));
        Files.writeString(run.resolve("run.json"), "{\"workload\":\"register\",\"nemesis\":[\"kill\",\"<b>\"],\"seed\":42,\"startedAt\":\"2026-11-21T15:04:05Z\"}");
        Files.writeString(run.resolve("results.json"), "{\"verdict\":\"invalid\",\"sentence\":\"it \\\"lied\\\"\",\"counts\":{\"ops\":12345}}");
        Files.writeString(run.resolve("history.jsonl"), "{\"time\":5}\n{\"time\":61500000000}\n{\"time\":99");
        Files.writeString(run.resolve("report.html"), "<p>the report");
        Files.createDirectories(run.resolve("nodes"));
        Files.writeString(run.resolve("nodes/n1.log"), "a log");
        Files.createSymbolicLink(runs.resolve("link"), folder.resolve("secret.txt"));
        Files.writeString(Files.createDirectory(runs.resolve("cut-short")).resolve("history.jsonl"), "");
        server = RunServer.start(runs, 0);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    @Test
    void the_index_has_a_row_for_each_run_whatever_is_known_of_it() throws IOException {
        String index = get("/");
        assertThat(index).startsWith("HTTP/1.1 200");
        assertThat(index).contains("href=\"/soak/register%201/report.html\"", "badge invalid", "12,345", "61.5 s", "kill, &lt;b&gt;", "2026-11-21 15:04:05", ">42<", "it &quot;lied&quot;");
        assertThat(index).contains("href=\"/cut-short/\"", "none yet");
    }

    @Test
    void a_run_that_ends_with_the_reading_of_a_large_set_has_its_duration_too() throws IOException {
        String all = "1,".repeat(200_000);
        Files.writeString(runs.resolve("soak/register 1/history.jsonl"), "{\"time\":5}\n{\"value\":[" + all + "1],\"time\":72500000000}\n");
        assertThat(get("/")).contains("72.5 s");
    }

    @Test
    void a_runs_files_are_served_as_they_are() throws IOException {
        assertThat(get("/soak/register%201/report.html")).contains("text/html", "<p>the report");
        assertThat(get("/soak/register%201/")).contains("href=\"nodes/\"", "history.jsonl");
        assertThat(get("/soak/register%201")).startsWith("HTTP/1.1 301").containsIgnoringCase("location: /soak/register%201/\r\n");
        assertThat(get("/soak/register%201/nodes/n1.log")).contains("text/plain", "a log", "nosniff");
        assertThat(get("/cut-short/")).contains("There is no report yet");
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "/../secret.txt", "/soak/../../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt", "//../secret.txt", "/soak/%2e%2e/%2e%2e/secret.txt",
        "/../runs-of-others/secret.txt", "/link", "/..%5csecret.txt", "/%00", "//etc/passwd", "/%2fetc/passwd", "/nothing"
    })
    void nothing_outside_of_the_folder_is_shown(String path) throws IOException {
        assertThat(get(path)).doesNotContain("SECRET", "root:x:").containsPattern("^HTTP/1.1 (404|400)");
    }

    @Test
    void it_only_shows() throws IOException {
        assertThat(ask("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0")).startsWith("HTTP/1.1 405");
        assertThat(ask("HEAD /soak/register%201/report.html HTTP/1.1\r\nHost: localhost")).startsWith("HTTP/1.1 200").doesNotContain("the report");
    }

    @Test
    void a_name_that_was_pointed_here_by_others_is_refused() throws IOException {
        assertThat(ask("GET / HTTP/1.1\r\nHost: evil.example:80")).startsWith("HTTP/1.1 403");
        assertThat(ask("GET / HTTP/1.1\r\nHost: localhost:80")).startsWith("HTTP/1.1 200");
    }

    @Test
    void it_listens_on_loopback_only() throws IOException {
        int port = URI.create(server.url()).getPort();
        var others = NetworkInterface.networkInterfaces().flatMap(NetworkInterface::inetAddresses).filter(a -> !a.isLoopbackAddress() && !a.isLinkLocalAddress()).toList();
        for (InetAddress other : others) assertThatThrownBy(() -> new Socket(other, port).close()).as(other.toString()).isInstanceOf(IOException.class);
        assertThat(InetAddress.getByName(URI.create(server.url()).getHost()).isLoopbackAddress()).isTrue();
    }

    @Test
    void what_is_wrong_at_the_start_is_said() {
        assertThatThrownBy(() -> RunServer.start(runs.resolve("nowhere"), 0)).isInstanceOf(NoSuchFileException.class).hasMessageContaining("nowhere");
        assertThatThrownBy(() -> RunServer.start(runs, URI.create(server.url()).getPort())).isInstanceOf(BindException.class);
    }

    private String get(String path) throws IOException {
        return ask("GET " + path + " HTTP/1.1\r\nHost: localhost");
    }

    /// By hand, since a client would tidy up the path.
    private String ask(String head) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), URI.create(server.url()).getPort())) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((head + "\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
