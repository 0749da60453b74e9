package io.engram.grid.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// One seed's life of a cluster under registers and sessions, judged.
///
/// @param broken what is wrong, if anything
record ClusterLife(long seed, History history, List<String> broken, List<String> trace) {
    private static final int KEYS = 4;

    static ClusterLife of(long seed, Variation variation, boolean tracing) {
        Path folder = temporary();
        Simulation simulation = new Simulation(seed, tracing);
        History history = new History();
        try {
            List<String> broken = play(simulation, variation, folder, history);
            return new ClusterLife(seed, history, broken, simulation.trace());
        } catch (IllegalStateException e) {
            return new ClusterLife(seed, history, List.of(e.toString()), simulation.trace());
        } finally {
            delete(folder);
        }
    }

    private static List<String> play(Simulation simulation, Variation variation, Path folder, History history) {
        int nodes = simulation.chance(0.1) ? 1 : simulation.chance(0.15) ? 5 : 3;
        SimCluster cluster = new SimCluster(simulation, variation, folder, nodes, 2);
        cluster.boot();
        Weather weather = new Weather(simulation, cluster);
        weather.begin();
        RegisterClient.several(simulation, cluster, history, 5, KEYS, 35).forEach(RegisterClient::begin);
        List<SessionClient> streams = IntStream.range(0, 2).mapToObj(i -> new SessionClient(simulation, cluster, i, 40)).toList();
        streams.forEach(SessionClient::begin);
        simulation.runFor(Duration.ofSeconds(5));
        weather.clear();
        simulation.runFor(Duration.ofSeconds(3));
        // A client that does not know may ask again at any time, and is told the truth.
        history.writes.stream().filter(w -> w.outcome == History.Write.Outcome.UNKNOWN).toList().forEach(w -> w.askAgain.run());
        simulation.runFor(Duration.ofSeconds(1));
        int before = history.reads.size();
        RegisterClient.lastLook(simulation, cluster, history, KEYS);
        simulation.runFor(Duration.ofSeconds(2));
        List<String> broken = new ArrayList<>(Freshness.check(history));
        Linearizability.check(history).ifPresent(broken::add);
        cluster.node(cluster.nodes().getFirst()).ifPresent(node -> streams.forEach(stream -> broken.addAll(stream.judge(node))));
        cluster.divergence().ifPresent(broken::add);
        if (history.reads.size() < before + KEYS) broken.add("after the weather cleared, reads still fail");
        history.writes.stream()
                .filter(w -> w.outcome == History.Write.Outcome.UNKNOWN)
                .forEach(w -> broken.add("after the weather cleared, nobody knows what came of it: " + w));
        return broken;
    }

    private static Path temporary() {
        try {
            Path memory = Path.of("/dev/shm");
            return Files.isWritable(memory) ? Files.createTempDirectory(memory, "engram-sim") : Files.createTempDirectory("engram-sim");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path one : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(one);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
