package io.engram.jepsen.cluster;

import io.engram.jepsen.docker.ContainerException;
import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.docker.Docker;
import io.engram.jepsen.docker.Mesh;
import io.engram.jepsen.docker.NodeShape;
import io.engram.jepsen.docker.fault.ContainerNemesis;
import io.engram.jepsen.nemesis.Aim;
import io.engram.jepsen.nemesis.Nemesis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A cluster of nodes in containers of the fault image, on a network of their own. Close it: that removes whatever it made. If this process is
/// killed, the next cluster that is started removes it.
///
/// Safe for use by many threads.
public final class ContainerCluster implements Cluster {
    private static final Logger log = LoggerFactory.getLogger(ContainerCluster.class);

    /// How the cluster is laid out.
    ///
    /// @param image made by `ops/images/make-images.sh`; it is never pulled
    /// @param heap of each node, as `-Xmx` takes it
    /// @param memoryBytes of each container
    /// @param diskBytes of each node's file system
    /// @param settings further settings of the server, the same for every node
    /// @param jvm further options of the JVM, without spaces, the same for every node
    /// @param files that are put into each container: a folder or file of this machine, to a path there
    public record Layout(
            String image, int nodes, String heap, long memoryBytes, long diskBytes, Map<String, String> settings, List<String> jvm,
            Map<Path, String> files) {
        /// A node uses some 600 MiB with this heap.
        private static final long MEMORY = 1L << 30;

        private static final long DISK = 1L << 30;

        /// So that a run of a minute sees snapshots too, and what is purged after them.
        private static final Map<String, String> SHORT_RUNS = Map.of("log.snapshot-every", "100");

        public Layout {
            if (nodes < 1 || nodes > 9) throw new IllegalArgumentException("nodes must be 1..9, was " + nodes);
            settings = Map.copyOf(settings);
            jvm = List.copyOf(jvm);
            files = Map.copyOf(files);
        }

        /// `ENGRAM_FAULTS_IMAGE` names another image.
        public static Layout of(int nodes) {
            String image = System.getenv("ENGRAM_FAULTS_IMAGE");
            return new Layout(image == null ? "engram-faults:local" : image, nodes, "384m", MEMORY, DISK, SHORT_RUNS, List.of(), Map.of());
        }

        public Layout with(Map<String, String> more) {
            Map<String, String> all = new HashMap<>(settings);
            all.putAll(more);
            return new Layout(image, nodes, heap, memoryBytes, diskBytes, all, jvm, files);
        }

        /// @param options of the JVM
        /// @param these files, to where in each container
        public Layout with(List<String> options, Map<Path, String> these) {
            return new Layout(image, nodes, heap, memoryBytes, diskBytes, settings, options, these);
        }
    }

    private final Mesh mesh;
    private final List<ContainerNode> nodes;
    private final Thread hook;

    private ContainerCluster(Mesh mesh, List<ContainerNode> nodes) {
        this.mesh = mesh;
        this.nodes = List.copyOf(nodes);
        this.hook = new Thread(this::remove, "container-cluster-remove");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /// Whether this machine has an engine that containers can be started with.
    public static boolean possible() {
        return Docker.available();
    }

    /// Makes the containers and starts every node; returns before they are ready.
    ///
    /// @throws IllegalStateException no engine, no image, or a container did not start; with what to do
    public static ContainerCluster start(Layout layout) {
        if (!Docker.available()) throw new IllegalStateException("no Docker engine answers; start one, or use processes");
        if (!Docker.has(layout.image()))
            throw new IllegalStateException("there is no image " + layout.image() + ": run ./engram build and ops/images/make-images.sh");
        int swept = Docker.sweep();
        if (swept > 0) log.info("leftovers of an earlier run removed containers={}", swept);
        RandomGenerator random = RandomGenerator.getDefault();
        Mesh mesh = Mesh.create(random);
        List<CompletableFuture<ContainerNode>> starting = shapes(layout, mesh, random).stream().map(shape -> {
            CompletableFuture<ContainerNode> node = new CompletableFuture<>();
            Thread.ofVirtual().name("start-" + shape.name()).start(() -> {
                try {
                    node.complete(ContainerNode.create(layout.image(), mesh, shape));
                } catch (RuntimeException e) {
                    node.completeExceptionally(e);
                }
            });
            return node;
        }).toList();
        List<ContainerNode> started = new ArrayList<>();
        RuntimeException failure = null;
        for (CompletableFuture<ContainerNode> node : starting) {
            try {
                started.add(node.join());
            } catch (CompletionException e) {
                failure = new IllegalStateException("a container did not start", e.getCause());
            }
        }
        ContainerCluster cluster = new ContainerCluster(mesh, started);
        try {
            if (failure != null) throw failure;
            started.parallelStream().forEach(ContainerNode::start);
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    private static List<NodeShape> shapes(Layout layout, Mesh mesh, RandomGenerator random) {
        int base = Ports.run(layout.nodes() * Ports.PER_NODE, random);
        List<String> members = new ArrayList<>();
        for (int i = 1; i <= layout.nodes(); i++) members.add("n" + i + "=" + mesh.address(i) + ":" + ContainerNode.CLIENTS);
        List<NodeShape> shapes = new ArrayList<>();
        for (int i = 1; i <= layout.nodes(); i++) {
            String name = "n" + i;
            Map<String, String> environment = new HashMap<>();
            layout.settings().forEach((key, value) ->
                    environment.put("ENGRAM_" + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_'), value));
            environment.put("ENGRAM_CLUSTER", "containers");
            environment.put("ENGRAM_NODE", name);
            environment.put("ENGRAM_MEMBERS", String.join(",", members));
            environment.put("ENGRAM_LISTEN_HOST", "0.0.0.0");
            environment.put("ENGRAM_BASE_PORT", Integer.toString(ContainerNode.CLIENTS));
            environment.put("ENGRAM_JAVA_OPTS", String.join(" ", options(layout)));
            environment.put("FAULTS_DISK_BYTES", Long.toString(layout.diskBytes()));
            int port = base + (i - 1) * Ports.PER_NODE;
            shapes.add(new NodeShape(name, mesh.address(i), port, port + 6, layout.memoryBytes(), environment, layout.files()));
        }
        return shapes;
    }

    private static List<String> options(Layout layout) {
        List<String> options = new ArrayList<>(List.of("-Xmx" + layout.heap(), "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError"));
        // Where nodes share a core, their compilers take it from them for minutes; how fast they are is not what is judged here.
        if (Runtime.getRuntime().availableProcessors() < 2 * layout.nodes()) options.add("-XX:TieredStopAtLevel=1");
        options.addAll(layout.jvm());
        return options;
    }

    @Override
    public String backend() {
        return "containers";
    }

    @Override
    public List<String> names() {
        return nodes.stream().map(ContainerNode::name).toList();
    }

    public List<ContainerNode> nodes() {
        return nodes;
    }

    public ContainerNode node(String name) {
        return nodes.stream()
                .filter(node -> node.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no node " + name));
    }

    @Override
    public String endpoint(String node) {
        return node(node).endpoint();
    }

    @Override
    public void awaitReady(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        for (ContainerNode node : nodes) {
            while (!node.door().ready()) {
                if (System.nanoTime() - end > 0)
                    throw new IllegalStateException(
                            "node " + node.name() + " was not ready within " + limit + ":\n" + node.lastLines(30));
                try {
                    TimeUnit.MILLISECONDS.sleep(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while waiting for the cluster", e);
                }
            }
        }
    }

    @Override
    public void saveLogs(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (ContainerNode node : nodes) node.saveLog(folder.resolve(node.name() + ".log"));
    }

    @Override
    public Nemesis nemesis(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new ContainerNemesis(nodes, new Aim(names(), new Leadership(this::endpoints), random.split()), random);
    }

    @Override
    public void close() {
        remove();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            // The hook runs already; removing twice is harmless.
        }
    }

    private void remove() {
        List<String> failed = nodes.parallelStream().map(node -> {
            try {
                node.close();
                return "";
            } catch (RuntimeException e) {
                return node.name() + ": " + e.getMessage();
            }
        }).filter(said -> !said.isEmpty()).collect(Collectors.toCollection(ArrayList::new));
        try {
            mesh.close();
        } catch (RuntimeException e) {
            failed.add("network: " + e.getMessage());
        }
        if (!failed.isEmpty()) throw new ContainerException("not everything could be removed: " + failed);
    }
}
