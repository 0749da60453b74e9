package io.engram.jepsen.checker.staleness;

import io.engram.jepsen.checker.Distribution;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// How long after a fault was mended it took until each node had given an answer that nothing proves to be old.
final class Convergence {
    private Convergence() {}

    /// A row for each heal after which nothing was broken: {fault, id, nodes: {n1: millis, ...}, millis}; nil where a node (or, in
    /// `millis`, any node) gave no such answer before the next fault.
    static Value after(List<FaultWindow> windows, List<Measured> reads) {
        List<Measured> inOrder = reads.stream().sorted(Comparator.comparingLong(r -> r.read().invoked())).toList();
        List<Value> rows = new ArrayList<>();
        for (FaultWindow window : windows) {
            long healed = window.healDone();
            if (healed == FaultWindow.NEVER || windows.stream().anyMatch(w -> w.activeAt(healed))) continue;
            long until = windows.stream().mapToLong(FaultWindow::injectBegan).filter(t -> t >= healed).min().orElse(Long.MAX_VALUE);
            rows.add(row(window, until, inOrder));
        }
        return new Value.Items(rows);
    }

    private static Value row(FaultWindow window, long until, List<Measured> reads) {
        Map<String, Value> nodes = new TreeMap<>();
        long last = 0;
        for (Measured read : reads) {
            if (read.read().invoked() >= until) break;
            if (read.read().invoked() < window.healDone()) continue;
            Value known = nodes.putIfAbsent(read.node(), Value.NIL);
            if (read.proven() > 0 || (known != null && !known.equals(Value.NIL))) continue;
            long took = read.read().completed() - window.healDone();
            nodes.put(read.node(), Distribution.millis(took));
            last = Math.max(last, took);
        }
        Map<String, Value> row = new LinkedHashMap<>();
        row.put("fault", Value.of(window.fault()));
        row.put("id", Value.of(window.id()));
        row.put("nodes", new Value.Fields(nodes));
        row.put("millis", nodes.isEmpty() || nodes.containsValue(Value.NIL) ? Value.NIL : Distribution.millis(last));
        return new Value.Fields(row);
    }
}
