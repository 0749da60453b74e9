package io.engram.bench;

import io.engram.client.Engram;
import io.engram.jepsen.cluster.Installation;
import io.engram.jepsen.cluster.LocalCluster;
import io.engram.jepsen.cluster.LocalCluster.Layout;
import io.engram.jepsen.cluster.LocalNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// `./engram bench`: clusters of real processes on this machine, measured through the client, with the raw cost of the disk beside them.
@Command(name = "engram bench", mixinStandardHelpOptions = true, sortOptions = false,
        description = "Measures this machine: durable writes, reads, ingest, recall, start-up, memory. Medians over the rounds, with their spread.")
public final class Bench implements Callable<Integer> {
    private static final Duration START = Duration.ofMinutes(5);
    /// A call that takes long belongs into the figures; one that fails leaves none.
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final List<String> OUTAGES = List.of("outage-kill", "outage-pause", "outage-all");

    @Option(names = "--suite", paramLabel = "NAME", split = ",",
            description = "put, get, ingest, recall, start (default: these five); outage-kill, outage-pause, outage-all: three nodes with one shard, whatever --nodes and --set say.")
    private List<String> suites = List.of("start", "put", "get", "ingest", "recall");

    @Option(names = "--nodes", paramLabel = "N", split = ",", description = "Sizes of cluster (default: 1,3).")
    private List<Integer> nodes = List.of(1, 3);

    @Option(names = "--rounds", paramLabel = "N", description = "Rounds of each measurement (default: ${DEFAULT-VALUE}).", defaultValue = "3")
    private int rounds = 3;

    @Option(names = "--seconds", paramLabel = "N", description = "Of each round (default: ${DEFAULT-VALUE}).", defaultValue = "5")
    private int seconds = 5;

    @Option(names = "--warm-up", paramLabel = "SECONDS",
            description = "Load before the first round of each suite; a JVM on a busy machine compiles for a while (default: ${DEFAULT-VALUE}).", defaultValue = "60")
    private int warmUp = 60;

    @Option(names = "--callers", paramLabel = "N", split = ",", description = "At once, for put and get (default: 1,16,64).")
    private List<Integer> callers = List.of(1, 16, 64);

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "A setting of every node, for comparing.")
    private Map<String, String> settings = Map.of();

    @Option(names = "--rows", paramLabel = "N", split = ",", description = "Rows for recall (default: 10000,100000).")
    private List<Integer> rows = List.of(10_000, 100_000);

    @Option(names = "--json", paramLabel = "FILE", description = "Write every round of every figure there.")
    private @Nullable Path json;

    private Bench() {}

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Bench()).execute(arguments));
    }

    @Override
    public Integer call() throws Exception {
        Instant began = Instant.now();
        Measurements measurements = new Measurements(System.out);
        outages(measurements);
        for (int size : suites.stream().allMatch(OUTAGES::contains) ? List.<Integer>of() : nodes) {
            Path folder = Files.createTempDirectory("engram-bench-");
            try {
                measure(size, folder, measurements);
            } finally {
                remove(folder);
            }
        }
        if (json != null) {
            Map<String, String> environment = System.getenv();
            measurements.write(Path.of(environment.getOrDefault("ENGRAM_CALLER", "")).resolve(json), began);
        }
        return 0;
    }

    private void outages(Measurements measurements) throws Exception {
        if (suites.stream().noneMatch(OUTAGES::contains)) return;
        measurements.chapter("Longest time without an answer, of one client each, when nodes are broken (3 nodes, 1 shard)");
        Path folder = Files.createTempDirectory("engram-bench-");
        try (LocalCluster cluster = LocalCluster.start(Installation.find(), new Layout(folder, 3, "512m", Map.of("shards", "1")))) {
            cluster.awaitReady(START);
            Outages outages = new Outages(cluster, rounds, measurements);
            if (suites.contains("outage-kill")) outages.ofOne(Outages.Fault.KILL);
            if (suites.contains("outage-pause")) outages.ofOne(Outages.Fault.PAUSE);
            if (suites.contains("outage-all")) outages.ofAll();
        } finally {
            remove(folder);
        }
    }

    private void measure(int size, Path folder, Measurements measurements) throws IOException {
        measurements.chapter(size + (size == 1 ? " node" : " nodes"));
        Map<String, String> of = Map.of("nodes", Integer.toString(size));
        long began = System.nanoTime();
        try (LocalCluster cluster = LocalCluster.start(Installation.find(), new Layout(folder, size, "768m", settings))) {
            cluster.awaitReady(START);
            double start = (System.nanoTime() - began) / 1e9;
            if (suites.contains("start")) {
                measurements.add("first start to ready", of, "s", List.of(start));
                measurements.add("resident, idle, each node", of, "MiB", resident(cluster));
            }
            try (Engram engram = Engram.builder().endpoints(cluster.endpoints()).deadline(PATIENCE).connect()) {
                Suites run = new Suites(engram, folder, new Suites.Shape(size, rounds, callers), new Suites.Times(Duration.ofSeconds(warmUp), Duration.ofSeconds(seconds)), measurements);
                if (suites.contains("put")) run.put();
                if (suites.contains("get")) run.get();
                if (suites.contains("ingest")) run.ingest();
                if (suites.contains("recall")) for (int count : rows) run.recall(count);
            }
            if (suites.contains("start")) measurements.add("resident, after the load, each node", of, "MiB", resident(cluster));
            if (suites.contains("start")) restart(cluster, of, measurements);
        }
    }

    private void restart(LocalCluster cluster, Map<String, String> of, Measurements measurements) {
        List<Double> restarts = new ArrayList<>();
        LocalNode node = cluster.nodes().getFirst();
        for (int i = 0; i < rounds; i++) {
            node.stop();
            long began = System.nanoTime();
            node.start();
            cluster.awaitReady(START);
            restarts.add((System.nanoTime() - began) / 1e9);
        }
        measurements.add("restart of one node to ready", of, "s", restarts);
    }

    private static List<Double> resident(LocalCluster cluster) {
        return cluster.nodes().stream().map(n -> n.residentBytes() / (double) (1 << 20)).toList();
    }

    private static void remove(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
