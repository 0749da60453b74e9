package io.engram.jepsen.control;

import io.engram.jepsen.cluster.Cluster;
import io.engram.jepsen.cluster.ContainerCluster;
import io.engram.jepsen.cluster.Installation;
import io.engram.jepsen.cluster.LocalCluster;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// The agent that breaks nodes, as the build leaves it. It is put beside a node, never into the product.
///
/// @param jar with what it needs in a folder `lib` beside it
record AgentJar(Installation installation, Path jar) {
    /// What the agent prints of each class that it is going to break, and of each that it has broken.
    private static final Pattern SAID = Pattern.compile("engram controls: (rewrites|rewrote) (\\S+)");

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

    /// Starts three nodes that are broken as told, or sound ones where nothing is to be broken; they are not ready yet.
    ///
    /// @param data of processes
    Cluster start(Control.Ground ground, Path data) {
        String switches = "=" + String.join(",", ground.switches());
        boolean sound = ground.switches().isEmpty();
        if (!ground.containers())
            return LocalCluster.start(
                    installation,
                    new LocalCluster.Layout(data, NODES, HEAP, ground.settings(), sound ? List.of() : List.of("-javaagent:" + jar + switches)));
        ContainerCluster.Layout layout = ContainerCluster.Layout.of(NODES).with(ground.settings());
        return ContainerCluster.start(sound ? layout : layout.with(
                List.of("-javaagent:" + THERE + jar.getFileName() + switches),
                Map.of(jar, THERE + jar.getFileName(), jar.resolveSibling("lib"), THERE + "lib")));
    }

    /// The classes that were to be broken and that no node says were: some are loaded by a leader only.
    ///
    /// @throws IllegalStateException no node says what it was going to break
    static Set<String> missed(Path logs) throws IOException {
        Set<String> left = new TreeSet<>();
        Set<String> done = new HashSet<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path log : files.toList()) {
                try (Stream<String> lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
                    lines.map(SAID::matcher).filter(Matcher::find).forEach(found -> (found.group(1).equals("rewrote") ? done : left).add(found.group(2)));
                }
            }
        }
        if (left.isEmpty()) throw new IllegalStateException("no node says what was broken of it, see " + logs);
        left.removeAll(done);
        return left;
    }
}
