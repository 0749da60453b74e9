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
        node.awake();
        SlowDisks.mend(node);
        if (!node.holds("grep -q ' /disk ' /proc/mounts"))
            node.run("rm -f /data/disk.copy; mount -t ext4 -o loop,noatime /data/disk.img /disk");
        FullDisks.mend(node);
        MemoryPressures.mend(node);
        PacketFaults.mend(node);
        node.run(FirewallRules.mendAll());
        node.start();
        node.resume();
        Clocks.mend(node);
        Starvations.mend(node);
        left(node);
    }

    /// @throws FaultException something is still there
    private static void left(ContainerNode node) throws FaultException {
        String chains = node.run("iptables -w -S | grep " + FirewallRules.PREFIX + " || true");
        if (!chains.isEmpty()) throw new FaultException(node.name() + " is still cut: " + chains);
        if (node.life().stopped()) throw new FaultException(node.name() + " is still stopped");
    }
}
