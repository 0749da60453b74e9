package io.engram.jepsen.checker.availability;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// How many operations ended how, per name (a phase, a function).
final class Shares {
    private final Answers answers;
    private final Map<String, EnumMap<OpType, Integer>> counts = new TreeMap<>();
    private final Map<String, Integer> answered = new TreeMap<>();

    Shares(Answers answers) {
        this.answers = answers;
    }

    void add(String name, Operation operation) {
        counts.computeIfAbsent(name, _ -> new EnumMap<>(OpType.class)).merge(operation.outcome(), 1, Integer::sum);
        if (answers.given(operation)) answered.merge(name, 1, Integer::sum);
    }

    /// By name: {ok, fail, info, okShare, failShare, infoShare, answeredShare}.
    Value figures() {
        Map<String, Value> table = new LinkedHashMap<>();
        counts.forEach((name, outcomes) -> {
            int all = outcomes.values().stream().mapToInt(Integer::intValue).sum();
            Map<String, Value> row = new LinkedHashMap<>();
            for (OpType type : new OpType[] {OpType.OK, OpType.FAIL, OpType.INFO}) row.put(name(type), Value.of(outcomes.getOrDefault(type, 0)));
            for (OpType type : new OpType[] {OpType.OK, OpType.FAIL, OpType.INFO})
                row.put(name(type) + "Share", new Value.Real((double) outcomes.getOrDefault(type, 0) / all));
            row.put("answeredShare", new Value.Real((double) answered.getOrDefault(name, 0) / all));
            table.put(name, new Value.Fields(row));
        });
        return new Value.Fields(table);
    }

    private static String name(OpType type) {
        return switch (type) {
            case INVOKE -> "invoke";
            case OK -> "ok";
            case FAIL -> "fail";
            case INFO -> "info";
        };
    }
}
