package io.engram.jepsen.control;

import io.engram.jepsen.cluster.Cluster;
import io.engram.jepsen.cluster.ContainerCluster;
import io.engram.jepsen.cluster.Installation;
import io.engram.jepsen.cluster.LocalCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The agent that breaks nodes, as the build leaves it. It is put beside a node, never into the product.
///
/// @param jar with what it needs in a folder `lib` beside it
record AgentJar(Installation installation, Path jar) {
    /// What the agent prints for each class that it has broken.
    private static final String BROKE = "engram controls: rewrote ";

    private static final int NODES = 3;
    private static final String HEAP = "384m";
    private static final String THERE = "/opt/controls/";

    /// @throws IllegalStateException it was not built
    static AgentJar find(Installation installation) {
        Path target = installation.root().resolve("jepsen/controls/target");
        try (Stream<Path> files = Files.list(target)) {
            Path jar = files.filter(file -> file.getFileName().toString().matches("engram-jepsen-controls-[^/]*\\.jar"))
                    .filter(file -> !file.getFileName().toString().matches(".*-(sources|javadoc|tests)\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no agent in " + target + ": run ./engram build"));
            return new AgentJar(installation, jar);
        } catch (IOException e) {
            throw new IllegalStateException("no agent in " + target + ": run ./engram build", e);
        }
    }

    /// Starts three nodes that are broken; they are not ready yet.
    ///
    /// @param data of processes
    Cluster start(Control.Ground ground, Path data) {
        String switches = "=" + String.join(",", ground.switches());
        if (!ground.containers())
            return LocalCluster.start(
                    installation, new LocalCluster.Layout(data, NODES, HEAP, ground.settings(), List.of("-javaagent:" + jar + switches)));
        return ContainerCluster.start(ContainerCluster.Layout.of(NODES)
                .with(ground.settings())
                .with(
                        List.of("-javaagent:" + THERE + jar.getFileName() + switches),
                        Map.of(jar, THERE + jar.getFileName(), jar.resolveSibling("lib"), THERE + "lib")));
    }

    /// Whether these logs show that the cluster was broken: some classes are loaded by a leader only.
    static boolean broke(Path logs) throws IOException {
        try (Stream<Path> files = Files.list(logs)) {
            for (Path log : files.toList()) {
                try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
                    if (lines.anyMatch(line -> line.contains(BROKE))) return true;
                }
            }
            return false;
        }
    }
}
