package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.util.List;

/// SIGKILL, of many at once too.
final class Kills implements Breakage<Fault.Kill> {
    private final Downs downs;
    private final Recovery recovery;

    Kills(Downs downs, Recovery recovery) {
        this.downs = downs;
        this.recovery = recovery;
    }

    @Override
    public Effect inject(int id, Fault.Kill fault, List<ContainerNode> hit) throws FaultException {
        Together.all(hit, node -> downs.down(id, node));
        return new Effect(Nodes.names(hit), "no process is left of " + Nodes.said(hit), "");
    }

    @Override
    public String heal(int id, Fault.Kill fault, List<ContainerNode> hit) throws FaultException {
        List<ContainerNode> started = downs.up(id, hit);
        recovery.running(started);
        return Nodes.said(started) + " running";
    }

    @Override
    public void forget() {
        downs.forget();
    }
}
