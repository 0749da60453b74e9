package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import io.engram.jepsen.nemesis.FaultException;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/// Does one thing to many nodes at the same time, and waits for things to come true.
final class Together {
    private static final Duration POLL = Duration.ofMillis(50);

    private Together() {}

    interface Step<T> {
        T on(ContainerNode node) throws FaultException;
    }

    interface Action {
        void on(ContainerNode node) throws FaultException;
    }

    interface Condition {
        boolean holds() throws FaultException;
    }

    static void all(Collection<ContainerNode> nodes, Action action) throws FaultException {
        ask(nodes, node -> {
            action.on(node);
            return true;
        });
    }

    /// The answers by node, in the order of the nodes. Every node is tried, even if another failed.
    static <T> Map<ContainerNode, T> ask(Collection<ContainerNode> nodes, Step<T> step) throws FaultException {
        Map<ContainerNode, CompletableFuture<T>> asked = new LinkedHashMap<>();
        for (ContainerNode node : nodes) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            asked.put(node, answer);
            Thread.ofVirtual().name("fault-" + node.name()).start(() -> {
                try {
                    answer.complete(step.on(node));
                } catch (FaultException | RuntimeException e) {
                    answer.completeExceptionally(e);
                }
            });
        }
        // Each step has deadlines of its own.
        asked.values().forEach(answer -> answer.handle((done, failed) -> true).join());
        Map<ContainerNode, T> answers = new LinkedHashMap<>();
        for (var entry : asked.entrySet()) {
            try {
                answers.put(entry.getKey(), entry.getValue().join());
            } catch (CompletionException e) {
                if (e.getCause() instanceof FaultException fault) throw fault;
                throw new FaultException("on " + entry.getKey().name() + ": " + e.getCause(), e);
            }
        }
        return answers;
    }

    /// @param otherwise what to say when the limit is over
    static void until(Duration limit, String otherwise, Condition condition) throws FaultException {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() - end > 0) throw new FaultException(otherwise + " within " + limit);
            try {
                TimeUnit.NANOSECONDS.sleep(POLL.toNanos());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new FaultException("interrupted, and until then " + otherwise, e);
            }
        }
    }
}
