package io.engram.jepsen.nemesis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// Turns a [Target] into nodes, at the moment of injection. Used by one thread.
public final class Aim {
    private final List<String> nodes;
    private final Supplier<Map<String, Integer>> shardsLed;
    private final RandomGenerator random;

    /// @param nodes all of the cluster's
    /// @param shardsLed how many shards each node leads now; nodes that lead none, or cannot be asked, may be missing
    /// @param random chooses where the target leaves a choice
    public Aim(List<String> nodes, Supplier<Map<String, Integer>> shardsLed, RandomGenerator random) {
        this.nodes = List.copyOf(nodes);
        this.shardsLed = shardsLed;
        this.random = random;
    }

    /// @return at least one node, in the cluster's order
    /// @throws FaultException no leader is known, or there is no such node
    public List<String> at(Target target) throws FaultException {
        return switch (target) {
            case Target.One one -> some(1);
            case Target.Minority minority -> some(Math.max(1, (nodes.size() - 1) / 2));
            case Target.Majority majority -> some(nodes.size() / 2 + 1);
            case Target.Leader leader -> List.of(leaders().entrySet().stream()
                    .max(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey(Comparator.reverseOrder())))
                    .orElseThrow()
                    .getKey());
            case Target.Leaders leaders -> inOrder(leaders().keySet());
            case Target.All all -> nodes;
            case Target.Named named -> named(named);
        };
    }

    private List<String> some(int count) {
        List<String> left = new ArrayList<>(nodes);
        List<String> chosen = new ArrayList<>();
        for (int i = 0; i < count; i++) chosen.add(left.remove(random.nextInt(left.size())));
        return inOrder(chosen);
    }

    private Map<String, Integer> leaders() throws FaultException {
        Map<String, Integer> led = new TreeMap<>(shardsLed.get());
        led.values().removeIf(count -> count < 1);
        led.keySet().retainAll(nodes);
        if (led.isEmpty()) throw new FaultException("no node is known to lead a shard");
        return led;
    }

    private List<String> named(Target.Named named) throws FaultException {
        for (String node : named.nodes()) if (!nodes.contains(node)) throw new FaultException("no node " + node + " among " + nodes);
        return inOrder(named.nodes());
    }

    private List<String> inOrder(Collection<String> chosen) {
        return nodes.stream().filter(chosen::contains).toList();
    }
}
