package io.engram.jepsen.run;

import io.engram.jepsen.cluster.Cluster;
import io.engram.jepsen.cluster.ContainerCluster;
import io.engram.jepsen.cluster.Installation;
import io.engram.jepsen.cluster.LocalCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/// What nodes are made of.
public enum Backend {
    /// Every fault; needs a Docker engine.
    CONTAINERS,
    /// Processes of this machine: kill, pause, replace and rolling restart only, but quick to start.
    PROCESSES;

    private static final String DATA = "data";

    /// @throws IllegalArgumentException it is none of ours
    static Backend named(String name) {
        for (Backend backend : values()) if (backend.toString().equals(name)) return backend;
        throw new IllegalArgumentException("backend: cannot start '" + name + "' again");
    }

    /// @param folder of the run; data of processes goes below it
    public Cluster start(int nodes, Path folder) {
        return switch (this) {
            case CONTAINERS -> ContainerCluster.start(ContainerCluster.Layout.of(nodes));
            case PROCESSES -> LocalCluster.start(Installation.find(), LocalCluster.Layout.of(folder.resolve(DATA), nodes));
        };
    }

    /// Removes what nodes left on disk: some hundred megabytes that nobody will look at after a valid run.
    void forget(Path folder) throws IOException {
        Path data = folder.resolve(DATA);
        if (!Files.exists(data)) return;
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }

    /// Sets of faults that a soak goes through.
    public List<List<String>> soakFaults() {
        return switch (this) {
            case CONTAINERS -> List.of(
                    List.of("partition", "kill", "pause"), List.of("partition"), List.of("partition-planes"), List.of("kill"), List.of("pause"), List.of("clock"),
                    List.of("packets"), List.of("disk-full", "slow-disk"), List.of("lost-writes"), List.of("damage", "kill"), List.of("memory"), List.of("starvation"),
                    List.of("rolling-restart"), List.of("replace", "partition"), List.of(FaultMenu.COMPOSE, "partition", "kill", "pause", "packets"));
            case PROCESSES -> List.of(List.of("kill", "pause"), List.of("kill"), List.of("pause"), List.of("rolling-restart"), List.of("replace", "pause"), List.of(FaultMenu.COMPOSE, "kill", "pause"));
        };
    }

    /// As it is typed.
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
