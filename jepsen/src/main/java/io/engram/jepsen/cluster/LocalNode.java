package io.engram.jepsen.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// One node as a process of this machine. Its data outlives the process. Safe for use by many threads.
public final class LocalNode {
    /// The node closes in order within this; then it is killed.
    private static final Duration STOP = Duration.ofSeconds(30);

    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern STATE = Pattern.compile("State:\\s+(\\S)");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(1)).build();

    private final String name;
    private final int basePort;
    private final Path data;
    private final Path log;
    private final List<String> command;
    private @Nullable Process process;

    LocalNode(String name, int basePort, Path data, Path log, List<String> command) {
        this.name = name;
        this.basePort = basePort;
        this.data = data;
        this.log = log;
        this.command = command;
    }

    public String name() {
        return name;
    }

    /// host:port for clients.
    public String endpoint() {
        return "127.0.0.1:" + basePort;
    }

    public Path data() {
        return data;
    }

    /// What the node printed, over all its lives.
    public Path log() {
        return log;
    }

    /// Starts the process; returns at once. Does nothing if it runs.
    public synchronized void start() {
        if (process != null && process.isAlive()) return;
        try {
            Files.createDirectories(data);
            // Standard input stays open as long as we live: the node stops when it ends, however we ended.
            process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .directory(data.toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("could not start node " + name, e);
        }
    }

    public synchronized boolean alive() {
        return process != null && process.isAlive();
    }

    public synchronized long pid() {
        if (process == null) throw new IllegalStateException("node " + name + " was never started");
        return process.pid();
    }

    /// SIGKILL: nothing is closed, nothing is flushed.
    public synchronized void kill() {
        if (process == null) return;
        process.destroyForcibly();
        await(STOP);
    }

    /// SIGTERM, and SIGKILL if that takes too long.
    public synchronized void stop() {
        if (process == null) return;
        process.destroy();
        if (!await(STOP)) kill();
    }

    /// SIGSTOP: alive for the system, dead for everybody else.
    public void pause() {
        signal("-STOP");
    }

    public void resume() {
        signal("-CONT");
    }

    /// Removes everything the node has on disk. The process must not run.
    public synchronized void wipe() {
        if (alive()) throw new IllegalStateException("node " + name + " runs; stop or kill it before wiping its data");
        if (!Files.exists(data)) return;
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        } catch (IOException e) {
            throw new UncheckedIOException("could not wipe " + data, e);
        }
    }

    /// Whether SIGSTOP holds the process.
    ///
    /// @throws IllegalStateException the system does not tell
    public boolean stopped() {
        try {
            var matcher = STATE.matcher(Files.readString(Path.of("/proc/" + pid() + "/status")));
            return matcher.find() && matcher.group(1).equalsIgnoreCase("t");
        } catch (NoSuchFileException gone) {
            return false;
        } catch (IOException e) {
            if (!alive()) return false;
            throw new IllegalStateException("no state of node " + name, e);
        }
    }

    /// Whether the node says that it can serve.
    public boolean ready() {
        return says("/readyz");
    }

    /// Whether the process answers at all, be it ready or not.
    boolean answers() {
        return says("/livez");
    }

    private boolean says(String path) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (basePort + 6) + path))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return alive() && HTTP.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException notYet) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /// One of the node's metrics that has no labels; empty while the node does not tell.
    public OptionalDouble metric(String metric) {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + (basePort + 6) + "/metrics"))
                .timeout(Duration.ofSeconds(2))
                .build();
        try {
            return HTTP.send(request, HttpResponse.BodyHandlers.ofLines()).body()
                    .filter(line -> line.startsWith(metric + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(metric.length() + 1)))
                    .findFirst();
        } catch (IOException | UncheckedIOException notNow) {
            return OptionalDouble.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return OptionalDouble.empty();
        }
    }

    /// Resident memory of the process in bytes; 0 where the system does not tell.
    public long residentBytes() {
        try {
            var matcher = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid() + "/status")));
            return matcher.find() ? Long.parseLong(matcher.group(1)) * 1024 : 0;
        } catch (IOException unknown) {
            return 0;
        }
    }

    /// The last lines of the log, for messages.
    public String lastLines(int count) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - count), lines.size()));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    private void signal(String signal) {
        try {
            Process kill = new ProcessBuilder("kill", signal, Long.toString(pid())).inheritIO().start();
            if (!kill.waitFor(5, TimeUnit.SECONDS) || kill.exitValue() != 0)
                throw new IllegalStateException("kill " + signal + " of node " + name + " failed");
        } catch (IOException e) {
            throw new UncheckedIOException("could not signal node " + name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while signalling node " + name, e);
        }
    }

    private synchronized boolean await(Duration limit) {
        Process running = process;
        if (running == null) return true;
        try {
            return running.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
