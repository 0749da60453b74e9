package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.List;

/// A node that lost its disk: killed, wiped, and started empty under its name.
final class Replacements implements Breakage<Fault.Replace> {
    private static final String IDENTITY = "sha256sum < /disk/identity";

    private final Downs downs;
    private final Recovery recovery;
    private final Holds<String> before = new Holds<>();

    Replacements(Downs downs, Recovery recovery) {
        this.downs = downs;
        this.recovery = recovery;
    }

    @Override
    public Effect inject(int id, Fault.Replace fault, List<ContainerNode> hit) throws FaultException {
        Nodes.mustRun(hit);
        Together.all(hit, node -> {
            before.add(id, node, node.run(IDENTITY));
            downs.down(id, node);
            node.wipe();
            if (!node.holds("[ -z \"$(ls -A /disk)\" ]")) throw new FaultException("the disk of " + node.name() + " is not empty");
        });
        downs.up(id, hit);
        return new Effect(Nodes.names(hit), "disk empty, started again: " + Nodes.said(hit), "");
    }

    @Override
    public String heal(int id, Fault.Replace fault, List<ContainerNode> hit) throws FaultException {
        String how = recovery.ready(downs.up(id, hit));
        if (how.equals(Recovery.READY))
            Together.all(hit, node -> {
                String was = before.youngest(node).orElse("");
                if (node.run(IDENTITY).equals(was)) throw new FaultException(node.name() + " has its old identity");
            });
        hit.forEach(node -> before.remove(id, node));
        return how + ", as a new one";
    }

    @Override
    public void forget() {
        before.clear();
    }
}
