package io.engram.jepsen.checker;

import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What speaks against a history: all of it counted, the first few of each kind kept with the events that show them.
///
/// For one thread. Its size does not grow with the number of violations.
public final class Violations {
    private static final int KEPT = 3;

    private final Map<String, Kind> kinds = new LinkedHashMap<>();

    /// @param kind in one word: lost, stale, duplicated, ...
    /// @param sentence what was seen, and why it cannot be
    /// @param evidence the operations that show it
    public void add(String kind, String sentence, Operation... evidence) {
        Kind of = kinds.computeIfAbsent(kind, _ -> new Kind());
        of.count++;
        if (of.sentences.size() == KEPT) return;
        of.sentences.add(sentence);
        if (of.evidence.isEmpty()) of.evidence.addAll(Arrays.asList(evidence));
    }

    /// A value as a sentence shows it.
    public static String shown(Value value) {
        return switch (value) {
            case Value.Whole whole -> Long.toString(whole.value());
            case Value.Text text -> text.value();
            default -> value.toString();
        };
    }

    public boolean none() {
        return kinds.isEmpty();
    }

    public long count(String kind) {
        Kind of = kinds.get(kind);
        return of == null ? 0 : of.count;
    }

    /// INVALID, with the first violation of the first kind as its sentence and how many there are of each; adds `violations` and
    /// `examples` to the figures.
    public Finding finding(String checker, Map<String, Value> figures) {
        if (none()) throw new IllegalStateException("nothing was violated");
        Map<String, Value> counts = new LinkedHashMap<>();
        Map<String, Value> examples = new LinkedHashMap<>();
        Map<Integer, Op> evidence = new TreeMap<>();
        long all = 0;
        for (var each : kinds.entrySet()) {
            Kind kind = each.getValue();
            all += kind.count;
            counts.put(each.getKey(), Value.of(kind.count));
            examples.put(each.getKey(), new Value.Items(kind.sentences.stream().map(Value::of).toList()));
            for (Operation operation : kind.evidence) {
                evidence.put(operation.invocation().index(), operation.invocation());
                if (operation.completion() != null) evidence.put(operation.completion().index(), operation.completion());
            }
        }
        Map<String, Value> with = new LinkedHashMap<>(figures);
        with.put("violations", new Value.Fields(counts));
        with.put("examples", new Value.Fields(examples));
        String first = kinds.values().iterator().next().sentences.getFirst();
        return Finding.invalid(checker, first + (all == 1 ? "" : " (and " + (all - 1) + " more: " + summary() + ")"), with,
                List.copyOf(evidence.values()));
    }

    private String summary() {
        return kinds.entrySet().stream()
                .sorted(Comparator.comparingLong(e -> -e.getValue().count))
                .map(e -> e.getValue().count + " " + e.getKey())
                .reduce((a, b) -> a + ", " + b)
                .orElseThrow();
    }

    private static final class Kind {
        private final List<String> sentences = new ArrayList<>();
        private final List<Operation> evidence = new ArrayList<>();
        private long count;
    }
}
