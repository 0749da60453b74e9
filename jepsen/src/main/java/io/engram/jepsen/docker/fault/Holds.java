package io.engram.jepsen.docker.fault;

import io.engram.jepsen.docker.ContainerNode;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Which faults of one kind are at work on which node. The youngest counts; when it is healed, the one before counts again.
final class Holds<F> {
    private final Map<String, LinkedHashMap<Integer, F>> byNode = new HashMap<>();

    synchronized void add(int id, ContainerNode node, F fault) {
        LinkedHashMap<Integer, F> faults = byNode.computeIfAbsent(node.name(), n -> new LinkedHashMap<>());
        faults.remove(id);
        faults.put(id, fault);
    }

    synchronized void remove(int id, ContainerNode node) {
        byNode.getOrDefault(node.name(), new LinkedHashMap<>()).remove(id);
    }

    synchronized Optional<F> youngest(ContainerNode node) {
        LinkedHashMap<Integer, F> faults = byNode.getOrDefault(node.name(), new LinkedHashMap<>());
        return faults.isEmpty() ? Optional.empty() : Optional.of(faults.lastEntry().getValue());
    }

    synchronized boolean any() {
        return byNode.values().stream().anyMatch(faults -> !faults.isEmpty());
    }

    synchronized void clear() {
        byNode.clear();
    }
}
