package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.FaultException;
import java.util.List;

/// Which nodes are kept dead, by how many faults: a node is started when the last of them is healed.
final class Downs {
    private final Holds<Boolean> holds = new Holds<>();

    /// Kills the node, and sees that it is gone.
    void down(int id, ContainerNode node) throws FaultException {
        holds.add(id, node, true);
        node.kill();
        if (node.life().exists()) throw new FaultException(node.name() + " lives on after SIGKILL");
    }

    /// Lets go of the nodes; those that nothing else keeps down are started.
    ///
    /// @return those that were started
    List<ContainerNode> up(int id, List<ContainerNode> nodes) throws FaultException {
        nodes.forEach(node -> holds.remove(id, node));
        List<ContainerNode> free = nodes.stream().filter(node -> holds.youngest(node).isEmpty()).toList();
        Together.all(free, ContainerNode::start);
        return free;
    }

    boolean isDown(ContainerNode node) {
        return holds.youngest(node).isPresent();
    }

    void forget() {
        holds.clear();
    }
}
