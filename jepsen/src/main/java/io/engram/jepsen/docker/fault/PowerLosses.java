package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.List;

/// Power loss: the image of the node's disk is copied as it is at one moment, without what the file system has not written to it yet, and
/// the node goes on from the copy.
final class PowerLosses implements Breakage<Fault.LostWrites> {
    private static final int TRIES = 10;

    private final Downs downs;
    private final Recovery recovery;

    PowerLosses(Downs downs, Recovery recovery) {
        this.downs = downs;
        this.recovery = recovery;
    }

    @Override
    public Effect inject(int id, Fault.LostWrites fault, List<ContainerNode> hit) throws FaultException {
        Nodes.mustRun(hit);
        Together.all(hit, node -> strike(id, node));
        return new Effect(Nodes.names(hit), "a file that was not forced is gone from the disk of " + Nodes.said(hit) + ", its identity is there", "loop image");
    }

    private void strike(int id, ContainerNode node) throws FaultException {
        // Stopped, so that nothing new is written: the kernel may still write back what is old, and then the copy is made again.
        node.pause();
        try {
            node.run("""
                    i=0
                    while :; do
                      rm -f /disk/.unforced; echo unforced > /disk/.unforced && [ -s /disk/.unforced ] || exit 1
                      code=0; /opt/faults/engram-faults copy /data/disk.img /data/disk.copy || code=$?
                      [ $code != 0 ] || break
                      i=$((i + 1)); [ $code = 3 ] && [ $i -lt %d ] || exit 1
                    done""".formatted(TRIES));
        } finally {
            downs.down(id, node);
        }
        node.run("""
                set -e
                cd /; i=0; until umount /disk; do i=$((i + 1)); [ $i -lt 50 ] || exit 1; sleep 0.1; done
                mv /data/disk.copy /data/disk.img
                mount -t ext4 -o loop,noatime /data/disk.img /disk""");
        // A node forces its identity before it does anything else.
        if (!node.holds("[ -s /disk/identity ]")) throw new FaultException("the disk of " + node.name() + " lost what was forced");
        if (node.holds("[ -s /disk/.unforced ]")) throw new FaultException("the disk of " + node.name() + " lost nothing");
        node.run("rm -f /disk/.unforced");
    }

    @Override
    public String heal(int id, Fault.LostWrites fault, List<ContainerNode> hit) throws FaultException {
        return recovery.ready(downs.up(id, hit));
    }

    @Override
    public void forget() {
        downs.forget();
    }
}
