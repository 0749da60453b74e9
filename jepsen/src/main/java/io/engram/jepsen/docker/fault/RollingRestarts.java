package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.Effect;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Stops, starts and awaits one node after the other, in a thread of its own; healing waits for its end.
final class RollingRestarts implements Breakage<Fault.RollingRestart> {
    private static final Duration EACH = Duration.ofMinutes(3);

    private final Downs downs;
    private final Recovery recovery;
    private final Map<Integer, Rolling> rolling = new HashMap<>();

    private record Rolling(Thread thread, CompletableFuture<String> end, Map<String, Long> before) {}

    RollingRestarts(Downs downs, Recovery recovery) {
        this.downs = downs;
        this.recovery = recovery;
    }

    @Override
    public Effect inject(int id, Fault.RollingRestart fault, List<ContainerNode> hit) throws FaultException {
        Nodes.mustRun(hit);
        Map<String, Long> before = new HashMap<>();
        Together.ask(hit, node -> node.life().pid()).forEach((node, pid) -> before.put(node.name(), pid));
        CompletableFuture<Boolean> first = new CompletableFuture<>();
        CompletableFuture<String> end = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().name("rolling-restart-" + id).start(() -> {
            try {
                for (ContainerNode node : hit) {
                    node.stop();
                    first.complete(true);
                    if (downs.isDown(node)) continue;
                    node.start();
                    recovery.serving(node);
                }
                end.complete("restarted one after the other");
            } catch (FaultException | RuntimeException e) {
                first.completeExceptionally(e);
                end.completeExceptionally(e);
            }
        });
        rolling.put(id, new Rolling(thread, end, before));
        await(first, EACH, "the first node did not stop");
        return new Effect(Nodes.names(hit), hit.getFirst().name() + " stopped in order, the others follow", "");
    }

    @Override
    public String heal(int id, Fault.RollingRestart fault, List<ContainerNode> hit) throws FaultException {
        Rolling under = rolling.get(id);
        if (under == null) return "nothing was restarted";
        String how = await(under.end(), EACH.multipliedBy(hit.size()), "the restarts did not end");
        Together.all(hit, node -> {
            long now = node.life().pid();
            if (now == under.before().getOrDefault(node.name(), 0L)) throw new FaultException(node.name() + " was not restarted");
        });
        rolling.remove(id);
        return how + ", " + recovery.ready(hit);
    }

    @Override
    public void forget() {
        // What is under way must not stop a node after it was mended.
        for (Rolling under : rolling.values()) {
            under.thread().interrupt();
            try {
                under.thread().join(EACH);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        rolling.clear();
    }

    private static <T> T await(CompletableFuture<T> future, Duration limit, String otherwise) throws FaultException {
        try {
            return future.get(limit.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new FaultException("rolling restart: " + String.valueOf(e.getCause() == null ? e : e.getCause().getMessage()), e);
        } catch (TimeoutException e) {
            throw new FaultException(otherwise + " within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new FaultException("interrupted during a rolling restart", e);
        }
    }
}
