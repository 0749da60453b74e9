package io.engram.jepsen.system;

import static org.awaitility.Awaitility.await;

import io.engram.client.ClusterStatus;
import io.engram.client.ClusterStatus.Role;
import io.engram.client.Engram;
import io.engram.client.ListQuery;
import io.engram.client.Memory;
import io.engram.client.Observation;
import io.engram.client.ReadOptions;
import io.engram.client.SpaceSettings;
import io.engram.client.View;
import io.engram.jepsen.cluster.Installation;
import io.engram.jepsen.cluster.LocalCluster;
import io.engram.jepsen.cluster.LocalNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;

/// A three-node cluster of processes and a client, for one test class. Data and logs stay under `target/system` if a test fails.
final class ProcessCluster implements AutoCloseable {
    static final Duration READY = Duration.ofMinutes(2);
    static final Duration SETTLE = Duration.ofSeconds(90);
    private static final int DIMENSION = 8;

    final Path folder;
    final LocalCluster cluster;
    private final Engram engram;

    ProcessCluster(String name, Map<String, String> settings) {
        this(Path.of("target/system/" + name).toAbsolutePath(), settings, nothing -> {});
    }

    /// @param beforeStart told of the folder once it is there and empty, e.g. to mount a small file system in it
    ProcessCluster(Path folder, Map<String, String> settings, Consumer<Path> beforeStart) {
        this.folder = folder;
        empty(folder);
        beforeStart.accept(folder);
        cluster = LocalCluster.start(Installation.find(), new LocalCluster.Layout(folder, 3, "512m", settings));
        try {
            cluster.awaitReady(READY);
            engram = Engram.connect(cluster.endpoints());
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    Engram engram() {
        return engram;
    }

    /// Patiently: right after the start leaders still move to their preferred nodes.
    void createSpace(String name) {
        try (Engram patient = patient(cluster.endpoints())) {
            patient.spaces().create(SpaceSettings.named(name, DIMENSION));
        }
    }

    /// A client whose calls last until they succeed, as far as the server allows. Close it.
    static Engram patient(String endpoints) {
        return Engram.builder().endpoints(endpoints).deadline(Duration.ofSeconds(30)).connect();
    }

    /// Leads most shards now.
    LocalNode busiest() {
        ClusterStatus status = engram.cluster().status();
        return cluster.node(status.members().stream()
                .max(Comparator.comparingLong(m -> m.replicas().stream().filter(r -> r.role() == Role.LEADER).count()))
                .orElseThrow()
                .node());
    }

    /// Waits until all replicas run, stand at equal positions, and hash to the same state.
    void awaitConverged() {
        await().atMost(SETTLE).pollInterval(Duration.ofMillis(500)).ignoreExceptions().until(this::converged);
    }

    private boolean converged() {
        ClusterStatus status = engram.cluster().statusWithDigests();
        Map<Integer, Set<String>> states = new TreeMap<>();
        int replicas = 0;
        for (var member : status.members())
            for (var replica : member.replicas()) {
                replicas++;
                states.computeIfAbsent(replica.shard(), s -> new TreeSet<>())
                        .add(replica.applied().index() + " " + replica.digest().orElseThrow());
            }
        return replicas == status.shards() * status.replication() && states.values().stream().allMatch(s -> s.size() == 1);
    }

    ClusterStatus.Member member(String node) {
        return engram.cluster().status().members().stream().filter(m -> m.node().equals(node)).findFirst().orElseThrow();
    }

    void awaitMember(String node, Predicate<ClusterStatus.Member> wanted) {
        await().atMost(SETTLE).pollInterval(Duration.ofMillis(300)).ignoreExceptions().until(() -> wanted.test(member(node)));
    }

    /// Keys of a space, in order.
    List<String> keys(String space) {
        return engram.space(space)
                .list(ListQuery.all().pageSize(1_000), ReadOptions.defaults().view(View.KEYS))
                .map(Memory::key)
                .toList();
    }

    /// A small observation with a vector of its own.
    static Observation observation(String key, int number) {
        float[] vector = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) vector[i] = (float) Math.sin(number * 0.37 + i * (1 + number % 7)) + 0.001f;
        return Observation.builder("note " + number + " of " + key).key(key).vector(vector).attribute("number", number).build();
    }

    static float[] vectorOf(Observation observation) {
        return Arrays.copyOf(observation.vector().orElseThrow().toArray(), DIMENSION);
    }

    @Override
    public void close() {
        engram.close();
        cluster.close();
    }

    private static void empty(Path folder) {
        try {
            if (Files.exists(folder))
                try (var files = Files.walk(folder)) {
                    for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
                }
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("could not empty " + folder, e);
        }
    }
}
