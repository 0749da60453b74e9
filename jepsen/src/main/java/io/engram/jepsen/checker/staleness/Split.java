package io.engram.jepsen.checker.staleness;

import io.engram.jepsen.checker.Distribution;
import io.engram.jepsen.history.Phases;
import io.engram.jepsen.history.Value;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// Staleness of all reads, and of those by each node, role and phase.
final class Split {
    private final Phases phases;
    private final Pair all = new Pair();
    private final Map<String, Pair> byNode = new TreeMap<>();
    private final Map<String, Pair> byRole = new TreeMap<>();
    private final Map<String, Pair> byPhase = new TreeMap<>();
    private final Distribution claims = new Distribution();

    private static final class Pair {
        private final Distribution proven = new Distribution();
        private final Distribution estimate = new Distribution();

        void add(Measured read) {
            proven.add(read.proven());
            estimate.add(read.estimate());
        }

        Value figures() {
            Map<String, Value> figures = new LinkedHashMap<>();
            figures.put("proven", proven.figures());
            figures.put("estimate", estimate.figures());
            return new Value.Fields(figures);
        }
    }

    Split(Phases phases) {
        this.phases = phases;
    }

    void add(Measured read) {
        all.add(read);
        byNode.computeIfAbsent(read.node(), _ -> new Pair()).add(read);
        byRole.computeIfAbsent(read.role(), _ -> new Pair()).add(read);
        byPhase.computeIfAbsent(phases.at(read.read().invoked()), _ -> new Pair()).add(read);
        var claimed = read.read().evidence().staleness();
        if (claimed != null) claims.add(claimed.toNanos());
    }

    int reads() {
        return all.proven.count();
    }

    long worst() {
        return all.proven.max();
    }

    void into(Map<String, Value> figures) {
        figures.put("staleness", all.figures());
        figures.put("byNode", table(byNode));
        figures.put("byRole", table(byRole));
        figures.put("byPhase", table(byPhase));
        figures.put("claimed", claims.figures());
    }

    private static Value table(Map<String, Pair> rows) {
        Map<String, Value> table = new LinkedHashMap<>();
        rows.forEach((name, pair) -> table.put(name, pair.figures()));
        return new Value.Fields(table);
    }
}
