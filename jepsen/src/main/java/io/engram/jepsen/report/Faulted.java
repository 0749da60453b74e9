package io.engram.jepsen.report;

import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/// A fault window with a name that tells its settings too: partition halves, raft.
record Faulted(FaultWindow window, String label) {
    private static final Set<String> KIND = Set.of("kind", "fault", "type");

    static List<Faulted> in(History history) {
        Map<Integer, String> labels = new HashMap<>();
        for (Op op : history.ops())
            if (!op.ofClient() && op.function().equals("inject") && op.type() == OpType.INVOKE && op.value() instanceof Value.Fields fields)
                if (fields.entries().get("id") instanceof Value.Whole id) labels.put((int) id.value(), settings(fields.entries().getOrDefault("fault", Value.NIL)));
        return FaultWindow.in(history).stream()
                .map(w -> new Faulted(w, (w.fault() + " " + labels.getOrDefault(w.id(), "")).strip()))
                .toList();
    }

    private static String settings(Value fault) {
        if (!(fault instanceof Value.Fields fields)) return "";
        return fields.entries().entrySet().stream()
                .filter(e -> !KIND.contains(e.getKey()) && !e.getValue().equals(Value.NIL))
                .map(e -> e.getValue() instanceof Value.Text text ? text.value().toLowerCase(Locale.ROOT) : e.getKey() + " " + Shown.value(e.getValue()))
                .collect(Collectors.joining(", "));
    }
}
