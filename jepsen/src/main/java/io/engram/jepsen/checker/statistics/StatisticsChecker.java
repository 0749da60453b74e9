package io.engram.jepsen.checker.statistics;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// Counts; and UNKNOWN, never worse, where a run was too small to show anything: too few successes in all, a function that was
/// tried often and never succeeded, or no fault that was seen to bite though some were asked for.
///
/// After the `stats` checker of Jepsen, which calls a function without a success invalid; it is no fault of the system's, though,
/// that a harness never got that far.
public final class StatisticsChecker implements Checker {
    /// A function that failed less often than this may have had bad luck.
    private static final int OFTEN = 20;

    private final int minimum;
    private final Set<String> askedFor;

    /// @param minimum number of operations that must have succeeded
    /// @param askedFor kinds of the faults of the schedule; empty: a run without faults
    public StatisticsChecker(int minimum, Set<String> askedFor) {
        if (minimum < 1) throw new IllegalArgumentException("minimum must be positive, was " + minimum);
        this.minimum = minimum;
        this.askedFor = Set.copyOf(askedFor);
    }

    @Override
    public String name() {
        return "statistics";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Map<String, EnumMap<OpType, Integer>> functions = new TreeMap<>();
        for (Operation operation : history.operations())
            functions.computeIfAbsent(operation.function(), _ -> new EnumMap<>(OpType.class)).merge(operation.outcome(), 1, Integer::sum);
        List<FaultWindow> windows = FaultWindow.in(history);
        Map<String, Integer> applied = new TreeMap<>();
        windows.stream().filter(FaultWindow::applied).forEach(w -> applied.merge(w.fault(), 1, Integer::sum));

        Map<String, Value> figures = new LinkedHashMap<>();
        Map<String, Value> table = new LinkedHashMap<>();
        functions.forEach((function, outcomes) -> table.put(function, row(outcomes)));
        figures.put("byFunction", new Value.Fields(table));
        Map<String, Value> faults = new LinkedHashMap<>();
        applied.forEach((kind, count) -> faults.put(kind, Value.of(count)));
        figures.put("faultsApplied", new Value.Fields(faults));
        figures.put("faultsFailed", Value.of(windows.stream().filter(w -> !w.applied()).count()));
        Set<String> missing = new TreeSet<>(askedFor);
        missing.removeAll(applied.keySet());
        figures.put("faultsMissing", new Value.Items(missing.stream().map(Value::of).toList()));

        int ok = functions.values().stream().mapToInt(o -> o.getOrDefault(OpType.OK, 0)).sum();
        if (ok < minimum) return Finding.unknown(name(), "only " + ok + " operations succeeded, at least " + minimum + " must", figures);
        for (var function : functions.entrySet()) {
            int tried = function.getValue().values().stream().mapToInt(Integer::intValue).sum();
            if (tried >= OFTEN && !function.getValue().containsKey(OpType.OK))
                return Finding.unknown(name(), "none of " + tried + " operations " + function.getKey() + " succeeded", figures);
        }
        if (!askedFor.isEmpty() && applied.isEmpty()) return Finding.unknown(name(), "faults were asked for, and none was seen to bite", figures);
        int faultsApplied = applied.values().stream().mapToInt(Integer::intValue).sum();
        String lacking = missing.isEmpty() ? "" : "; never applied: " + String.join(", ", missing);
        return Finding.valid(name(), ok + " operations succeeded under " + faultsApplied + " faults" + lacking, figures);
    }

    private static Value row(EnumMap<OpType, Integer> outcomes) {
        Map<String, Value> row = new LinkedHashMap<>();
        row.put("ok", Value.of(outcomes.getOrDefault(OpType.OK, 0)));
        row.put("fail", Value.of(outcomes.getOrDefault(OpType.FAIL, 0)));
        row.put("info", Value.of(outcomes.getOrDefault(OpType.INFO, 0)));
        return new Value.Fields(row);
    }
}
