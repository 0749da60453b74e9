package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.util.List;

/// SIGSTOP of the node's process. The container goes on, so that other faults can be added and taken away meanwhile.
final class Pauses implements Breakage<Fault.Pause> {
    private static final Duration SHOWS = Duration.ofSeconds(10);

    private static final Duration SILENCE = Duration.ofMillis(300);

    private final Holds<Boolean> paused = new Holds<>();

    @Override
    public Effect inject(int id, Fault.Pause fault, List<ContainerNode> hit) throws FaultException {
        Nodes.mustRun(hit);
        Together.all(hit, node -> {
            paused.add(id, node, true);
            node.pause();
            Together.until(SHOWS, node.name() + " goes on after SIGSTOP", () -> node.life().stopped());
            if (node.door().greetsClients(SILENCE)) throw new FaultException(node.name() + " answers although it is stopped");
        });
        return new Effect(Nodes.names(hit), "state T, no answer from " + Nodes.said(hit), "");
    }

    @Override
    public String heal(int id, Fault.Pause fault, List<ContainerNode> hit) throws FaultException {
        Together.all(hit, node -> {
            paused.remove(id, node);
            if (paused.youngest(node).isPresent()) return;
            node.resume();
            Together.until(SHOWS, node.name() + " is stopped after SIGCONT", () -> !node.life().stopped());
        });
        return "not stopped";
    }

    /// Whether it shall be stopped now.
    boolean holds(ContainerNode node) {
        return paused.youngest(node).isPresent();
    }

    @Override
    public void forget() {
        paused.clear();
    }
}
