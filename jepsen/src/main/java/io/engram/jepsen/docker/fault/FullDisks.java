package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.List;

/// A file that takes all that is left of the node's file system.
final class FullDisks implements Breakage<Fault.DiskFull> {
    private static final String FILL = "/disk/.fill";
    private static final String PROBE = "/disk/.probe";
    /// Ends well if a write succeeds.
    private static final String WRITES = "dd if=/dev/zero of=" + PROBE + " bs=64k count=4 conv=fsync 2>/dev/null; code=$?; rm -f " + PROBE + "; exit $code";

    private final Recovery recovery;
    private final Holds<Boolean> holds = new Holds<>();

    FullDisks(Recovery recovery) {
        this.recovery = recovery;
    }

    @Override
    public Effect inject(int id, Fault.DiskFull fault, List<ContainerNode> hit) throws FaultException {
        Together.all(hit, node -> {
            holds.add(id, node, true);
            // The last blocks one by one: the node may write, and free, at the same time.
            node.run("""
                    free=$(df -k /disk | awk 'NR == 2 { print $4 }')
                    [ "$free" -le 64 ] || fallocate -l $(( (free - 64) * 1024 )) %1$s.0
                    dd if=/dev/zero of=%1$s.1 bs=4k 2>/dev/null; sync %1$s.1 2>/dev/null; dd if=/dev/zero of=%1$s.2 bs=512 2>/dev/null
                    true""".formatted(FILL));
            if (node.holds(WRITES)) throw new FaultException("the disk of " + node.name() + " still takes writes");
        });
        return new Effect(Nodes.names(hit), "no space left on " + Nodes.said(hit) + ": a write of 256 KiB failed", "");
    }

    @Override
    public String heal(int id, Fault.DiskFull fault, List<ContainerNode> hit) throws FaultException {
        hit.forEach(node -> holds.remove(id, node));
        List<ContainerNode> free = hit.stream().filter(node -> holds.youngest(node).isEmpty()).toList();
        Together.all(free, FullDisks::mend);
        return "writes succeed, " + recovery.ready(free);
    }

    @Override
    public void forget() {
        holds.clear();
    }

    static void mend(ContainerNode node) throws FaultException {
        node.run("rm -f " + FILL + ".* " + PROBE);
        if (!node.holds(WRITES)) throw new FaultException("the disk of " + node.name() + " takes no writes");
    }
}
