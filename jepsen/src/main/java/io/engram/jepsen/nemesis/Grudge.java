package io.engram.jepsen.nemesis;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/// Who no longer hears whom: the shape of a partition, made concrete.
///
/// @param deafTo for each node that is deaf to somebody, the nodes that it does not hear
public record Grudge(Map<String, Set<String>> deafTo) {
    public Grudge {
        Map<String, Set<String>> copy = new TreeMap<>();
        deafTo.forEach((node, others) -> {
            if (others.contains(node)) throw new IllegalArgumentException("node " + node + " cannot be deaf to itself");
            if (!others.isEmpty()) copy.put(node, Set.copyOf(others));
        });
        deafTo = Map.copyOf(copy);
    }

    /// Draws a partition. Some shape is found for every target, except that one node alone cannot be cut.
    ///
    /// @param nodes of the cluster, two or more
    /// @param targets some of them. HALVES: they are one side, unless that leaves the other empty; then sides are drawn.
    ///     BRIDGE: the first of them joins the two sides, the others are drawn. MAJORITY_RING: all nodes take part, the order is drawn.
    public static Grudge draw(Fault.Shape shape, List<String> nodes, List<String> targets, RandomGenerator random) {
        if (nodes.size() < 2) throw new IllegalArgumentException("a partition needs two nodes or more, there is " + nodes);
        List<String> shuffled = shuffled(nodes, random);
        return switch (shape) {
            case HALVES -> {
                List<String> side = targets.size() < nodes.size() ? targets : shuffled.subList(0, nodes.size() / 2);
                yield between(side, without(nodes, side));
            }
            case ISOLATE -> isolate(nodes, targets);
            case ONE_WAY -> oneWay(nodes, targets);
            case BRIDGE -> bridge(targets.getFirst(), without(shuffled, List.of(targets.getFirst())));
            case MAJORITY_RING -> ring(shuffled);
        };
    }

    /// Two sides that do not hear each other.
    static Grudge between(Collection<String> left, Collection<String> right) {
        Map<String, Set<String>> deaf = new TreeMap<>();
        for (String node : left) deaf.put(node, new TreeSet<>(right));
        for (String node : right) deaf.put(node, new TreeSet<>(left));
        return new Grudge(deaf);
    }

    /// Each of the targets alone.
    static Grudge isolate(List<String> nodes, Collection<String> targets) {
        Map<String, Set<String>> deaf = new TreeMap<>();
        for (String target : targets)
            for (String other : without(nodes, List.of(target))) {
                deaf.computeIfAbsent(target, t -> new TreeSet<>()).add(other);
                deaf.computeIfAbsent(other, t -> new TreeSet<>()).add(target);
            }
        return new Grudge(deaf);
    }

    /// The targets hear nobody and are heard by those that are not targets.
    static Grudge oneWay(List<String> nodes, Collection<String> targets) {
        Map<String, Set<String>> deaf = new TreeMap<>();
        for (String target : targets) deaf.put(target, new TreeSet<>(without(nodes, List.of(target))));
        return new Grudge(deaf);
    }

    /// Two sides, and one node that hears both.
    static Grudge bridge(String middle, List<String> others) {
        if (others.contains(middle)) throw new IllegalArgumentException("the bridge " + middle + " is on one of its sides");
        return between(others.subList(0, others.size() / 2), others.subList(others.size() / 2, others.size()));
    }

    /// On a ring, each node hears those next to it that make up a majority with itself, and nobody else: from four nodes on, no two
    /// have the same majority. Three nodes make a chain, which is all that three allow.
    static Grudge ring(List<String> ring) {
        int size = ring.size();
        if (size == 3) return bridge(ring.get(1), List.of(ring.get(0), ring.get(2)));
        int reach = (size / 2 + 1) / 2;
        Map<String, Set<String>> deaf = new TreeMap<>();
        for (int i = 0; i < size; i++)
            for (int j = 0; j < size; j++) {
                int distance = Math.min(Math.floorMod(i - j, size), Math.floorMod(j - i, size));
                if (distance > reach) deaf.computeIfAbsent(ring.get(i), n -> new TreeSet<>()).add(ring.get(j));
            }
        return new Grudge(deaf);
    }

    public boolean isDeaf(String node, String to) {
        return deafTo.getOrDefault(node, Set.of()).contains(to);
    }

    /// In words: `n1 hears neither n2 nor n3`.
    @Override
    public String toString() {
        List<String> said = new ArrayList<>();
        new TreeMap<>(deafTo).forEach((node, others) -> said.add(node + " deaf to " + String.join(" ", new TreeSet<>(others))));
        return String.join(", ", said);
    }

    private static List<String> without(List<String> nodes, Collection<String> those) {
        return nodes.stream().filter(node -> !those.contains(node)).toList();
    }

    private static List<String> shuffled(List<String> nodes, RandomGenerator random) {
        List<String> left = new ArrayList<>(nodes);
        List<String> shuffled = new ArrayList<>();
        while (!left.isEmpty()) shuffled.add(left.remove(random.nextInt(left.size())));
        return shuffled;
    }
}
