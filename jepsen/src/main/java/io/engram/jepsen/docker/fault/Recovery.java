package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// Waits for nodes to come back, as far as the faults that are still at work let them.
final class Recovery {
    /// A start takes seconds on a quiet machine; several at once on a busy one, with a snapshot to fetch, take longer.
    private static final Duration BACK = Duration.ofSeconds(150);

    /// Who has just come back may still hand over or give up what it leads.
    private static final Duration STEADY = Duration.ofMillis(500);

    static final String READY = "ready";

    private final BooleanSupplier undisturbed;
    private final Predicate<ContainerNode> held;

    /// For how long something was true without a break.
    private static final class Since {
        private long began;
        private boolean was;

        boolean lasted(boolean is) {
            if (is && !was) began = System.nanoTime();
            was = is;
            return is && System.nanoTime() - began >= STEADY.toNanos();
        }
    }

    /// @param undisturbed whether no other fault is at work now
    /// @param held whether a fault that is at work keeps the node dead or stopped: nobody waits for such a node
    Recovery(BooleanSupplier undisturbed, Predicate<ContainerNode> held) {
        this.undisturbed = undisturbed;
        this.held = held;
    }

    /// Its process runs and answers; it may not be ready yet.
    void running(Collection<ContainerNode> nodes) throws FaultException {
        Together.all(nodes, node -> await(node, "does not run again",
                () -> held.test(node) || (node.life().runs() && (!undisturbed.getAsBoolean() || node.door().answers()))));
    }

    /// It serves. If other faults are at work, that may be impossible, and running is enough.
    ///
    /// @return what was seen
    String ready(Collection<ContainerNode> nodes) throws FaultException {
        if (!undisturbed.getAsBoolean()) {
            running(nodes);
            return "running (other faults are at work)";
        }
        Together.all(nodes, node -> await(node, "is not ready again", () -> node.door().ready()));
        // One may have lost its readiness again while another became ready: all at the same time, and for a while.
        Since since = new Since();
        Together.until(BACK, "not all of " + Nodes.said(List.copyOf(nodes)) + " were ready at the same time",
                () -> since.lasted(Together.ask(nodes, node -> node.door().ready()).values().stream().allMatch(ready -> ready)));
        return READY;
    }

    /// This one serves, whatever else is at work.
    void serving(ContainerNode node) throws FaultException {
        await(node, "is not ready again", () -> node.door().ready());
    }

    private static void await(ContainerNode node, String otherwise, Together.Condition condition) throws FaultException {
        try {
            Together.until(BACK, node.name() + " " + otherwise, condition);
        } catch (FaultException late) {
            throw new FaultException(late.getMessage() + ":\n" + node.lastLines(15), late);
        }
    }
}
