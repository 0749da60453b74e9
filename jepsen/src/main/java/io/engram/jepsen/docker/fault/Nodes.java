package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.FaultException;
import java.util.List;

/// Nodes in words.
final class Nodes {
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
            if (!node.life().exists()) throw new FaultException("node " + node.name() + " is down already");
        });
    }
}
