package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.util.List;

/// Nodes in words.
final class Nodes {
    /// A node that ended by itself is started again after a second.
    private static final Duration BETWEEN_LIVES = Duration.ofSeconds(3);

    private Nodes() {}

    static List<String> names(List<ContainerNode> nodes) {
        return nodes.stream().map(ContainerNode::name).toList();
    }

    static String said(List<ContainerNode> nodes) {
        return nodes.isEmpty() ? "none" : String.join(", ", names(nodes));
    }

    /// @throws FaultException a node has no process that a fault could show on
    static void mustRun(List<ContainerNode> nodes) throws FaultException {
        Together.all(nodes, node -> {
            Together.until(BETWEEN_LIVES, "node " + node.name() + " is down already, no process", () -> node.life().exists());
        });
    }
}
