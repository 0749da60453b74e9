package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.FaultException;

/// Mends a node of everything that these faults can do to it, whatever is known of it: after a crash of the harness too.
final class Mending {
    private Mending() {}

    /// Does not wait for the node to be ready.
    static void mend(ContainerNode node) throws FaultException {
        // First what keeps scripts from running: a container that ended or has no processor.
        node.cpus(0);
        node.start();
        node.resume();
        node.run(FirewallRules.mendAll());
        left(node);
    }

    /// @throws FaultException something is still there
    private static void left(ContainerNode node) throws FaultException {
        String chains = node.run("iptables -w -S | grep " + FirewallRules.PREFIX + " || true");
        if (!chains.isEmpty()) throw new FaultException(node.name() + " is still cut: " + chains);
        if (node.life().stopped()) throw new FaultException(node.name() + " is still stopped");
    }
}
