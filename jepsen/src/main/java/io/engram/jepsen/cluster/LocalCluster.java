package io.engram.jepsen.cluster;

import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.Nemesis;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/// A cluster of node processes on loopback. Close it: that stops every process it started.
///
/// Safe for use by many threads.
public final class LocalCluster implements Cluster {
    /// How the cluster is laid out.
    ///
    /// @param folder data and logs of all nodes
    /// @param heap of each node, as `-Xmx` takes it
    /// @param settings further settings of the server, the same for every node
    /// @param jvm further options of the JVM, the same for every node
    public record Layout(Path folder, int nodes, String heap, Map<String, String> settings, List<String> jvm) {
        public Layout {
            if (nodes < 1 || nodes > 9) throw new IllegalArgumentException("nodes must be 1..9, was " + nodes);
            settings = Map.copyOf(settings);
            jvm = List.copyOf(jvm);
        }

        public Layout(Path folder, int nodes, String heap, Map<String, String> settings) {
            this(folder, nodes, heap, settings, List.of());
        }

        public static Layout of(Path folder, int nodes) {
            return new Layout(folder, nodes, "384m", Map.of());
        }
    }

    private final List<LocalNode> nodes;
    private final Thread hook;

    private LocalCluster(List<LocalNode> nodes) {
        this.nodes = List.copyOf(nodes);
        this.hook = new Thread(this::stopAll, "local-cluster-stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Lays out the cluster and starts every node; returns before they are ready.
    public static LocalCluster start(Installation installation, Layout layout) {
        LocalCluster cluster = lay(installation, layout);
        cluster.nodes.forEach(LocalNode::start);
        return cluster;
    }

    /// Lays out the cluster and starts nothing.
    public static LocalCluster lay(Installation installation, Layout layout) {
        int base = Ports.run(layout.nodes() * Ports.PER_NODE, RandomGenerator.getDefault());
        List<String> members = new ArrayList<>();
        for (int i = 1; i <= layout.nodes(); i++) members.add("n" + i + "=127.0.0.1:" + (base + (i - 1) * Ports.PER_NODE));
        List<LocalNode> nodes = new ArrayList<>();
        for (int i = 1; i <= layout.nodes(); i++) {
            String name = "n" + i;
            int port = base + (i - 1) * Ports.PER_NODE;
            Path folder = layout.folder().toAbsolutePath().resolve(name);
            List<String> arguments = new ArrayList<>(List.of(
                    "--node=" + name, "--cluster=local", "--members=" + String.join(",", members), "--data=" + folder.resolve("data"),
                    "--listen.host=127.0.0.1", "--base.port=" + port, "--stop-at-eof=true"));
            layout.settings().forEach((key, value) -> arguments.add("--" + key + "=" + value));
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw new UncheckedIOException("could not create " + folder, e);
            }
            nodes.add(new LocalNode(
                    name, port, folder.resolve("data"), folder.resolve("node.log"), installation.command(layout.heap(), layout.jvm(), arguments)));
        }
        return new LocalCluster(nodes);
    }

    public List<LocalNode> nodes() {
        return nodes;
    }

    public LocalNode node(String name) {
        return nodes.stream()
                .filter(n -> n.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + name));
    }

    @Override
    public String backend() {
        return "processes";
    }

    @Override
    public List<String> names() {
        return nodes.stream().map(LocalNode::name).toList();
    }

    @Override
    public String endpoint(String node) {
        return node(node).endpoint();
    }

    @Override
    public void saveLogs(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (LocalNode node : nodes)
            if (Files.exists(node.log())) Files.copy(node.log(), folder.resolve(node.name() + ".log"), StandardCopyOption.REPLACE_EXISTING);
    }

    @Override
    public Nemesis nemesis(long seed) {
        return new ProcessNemesis(nodes, new Aim(names(), new Leadership(this::endpoints), new SplittableRandom(seed)));
    }

    @Override
    public void awaitReady(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (LocalNode node : nodes) {
            while (!node.ready()) {
                if (!node.alive()) throw new IllegalStateException("node " + node.name() + " ended:\n" + node.lastLines(30));
                if (System.nanoTime() - end > 0)
                    throw new IllegalStateException(
                            "node " + node.name() + " was not ready within " + limit + ":\n" + node.lastLines(30));
                pause();
            }
        }
    }

    @Override
    public void close() {
        stopAll();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already; stopping twice is harmless.
        }
    }

    private void stopAll() {
        List<Thread> stopping =
                nodes.stream().map(n -> Thread.ofVirtual().start(n::stop)).toList();
        for (Thread thread : stopping) {
            try {
                thread.join(Duration.ofSeconds(40));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                nodes.forEach(LocalNode::kill);
            }
        }
    }

    private static void pause() {
        try {
            TimeUnit.MILLISECONDS.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the cluster", e);
        }
    }
}
