package io.engram.jepsen.checker.recall;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Grouped;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Does a recall find what had been acknowledged before it began, and nothing that had been forgotten?
///
/// `observe` and `forget` carry the id of a memory. `recall` returns Items of the ids found: of all memories if it was invoked with
/// nil; or, if it was invoked with an id or Items of ids, a probe that is judged for those alone as to what is missing. Each key (a
/// space) is judged by itself.
///
/// - *missing*: its observe was acknowledged before the recall began, and nothing that may have undone it came after;
/// - *resurrected*: found, though its forget was acknowledged before the recall began, and nothing that may have undone it came after;
/// - *phantom*: found, and nobody had observed it by then, or only with attempts that failed for certain;
/// - *duplicated*: found twice in one recall.
///
/// Operations that overlap one another or the recall, and those whose outcome is unknown, leave both open. Nothing that was
/// certain in any recall: UNKNOWN.
public final class RecallChecker implements Checker {
    @Override
    public String name() {
        return "recall";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Deadline deadline = Deadline.of(limits);
        Violations violations = new Violations();
        Counts counts = new Counts();
        for (var space : Grouped.byKey(history.operations()).entrySet()) {
            Map<Value, Memory> memories = new LinkedHashMap<>();
            List<Operation> recalls = new ArrayList<>();
            for (Operation operation : space.getValue()) {
                Value id = operation.invocation().value();
                switch (operation.function()) {
                    case "observe" -> memories.computeIfAbsent(id, _ -> new Memory()).observed(operation);
                    case "forget" -> memories.computeIfAbsent(id, _ -> new Memory()).forgotten(operation);
                    case "recall" -> {
                        if (operation.outcome() == OpType.OK) recalls.add(operation);
                    }
                    default -> {}
                }
            }
            for (Operation recall : recalls) {
                if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
                judge(recall, memories, violations, counts);
            }
        }
        Map<String, Value> figures = new LinkedHashMap<>();
        figures.put("recalls", Value.of(counts.recalls));
        figures.put("mustHaveFound", Value.of(counts.mustFind));
        figures.put("mustNotHaveFound", Value.of(counts.mustNotFind));
        figures.put("open", Value.of(counts.open));
        figures.put("withoutItems", Value.of(counts.withoutItems));
        if (!violations.none()) return violations.finding(name(), figures);
        if (counts.recalls == 0) return Finding.unknown(name(), "no recall succeeded", figures);
        if (counts.withoutItems > 0) return Finding.unknown(name(), counts.withoutItems + " recalls did not return a list", figures);
        if (counts.mustFind == 0) return Finding.unknown(name(), "of no memory was it certain that a recall had to find it", figures);
        return Finding.valid(name(), counts.recalls + " recalls found what they had to (" + counts.mustFind
                + " times) and nothing that was forgotten (" + counts.mustNotFind
                + " times)", figures);
    }

    private static void judge(Operation recall, Map<Value, Memory> memories, Violations violations, Counts counts) {
        counts.recalls++;
        if (!(Objects.requireNonNull(recall.completion()).value() instanceof Value.Items items)) {
            counts.withoutItems++;
            return;
        }
        Set<Value> found = new HashSet<>();
        for (Value id : items.values()) {
            if (!found.add(id)) violations.add("duplicated", "memory " + Violations.shown(id) + " was found twice by one recall", recall);
            else if (!memories.containsKey(id))
                violations.add("phantom", "memory " + Violations.shown(id) + " was found, and nobody observed it", recall);
        }
        Set<Value> judged = new HashSet<>(asked(recall, memories.keySet()));
        judged.addAll(found);
        for (Value id : judged) {
            Memory memory = memories.get(id);
            if (memory == null) continue;
            Operation present = memory.present(recall);
            Operation gone = memory.gone(recall);
            if (present != null && gone == null) {
                counts.mustFind++;
                if (!found.contains(id))
                    violations.add("missing", "memory " + Violations.shown(id)
                            + " had been acknowledged before a recall began that did not find it", present, recall);
            } else if (gone != null && present == null) {
                counts.mustNotFind++;
                if (found.contains(id))
                    violations.add("resurrected", "memory " + Violations.shown(id)
                            + " had been forgotten before a recall began that found it", gone, recall);
            } else {
                counts.open++;
                if (found.contains(id) && !memory.everObserved(recall))
                    violations.add("phantom", "memory " + Violations.shown(id) + " was found, though nobody can have observed it yet", recall);
            }
        }
    }

    private static Set<Value> asked(Operation recall, Set<Value> all) {
        return switch (recall.invocation().value()) {
            case Value.Nil _ -> all;
            case Value.Items ids -> new HashSet<>(ids.values());
            case Value id -> Set.of(id);
        };
    }

    private static final class Counts {
        private long recalls;
        private long mustFind;
        private long mustNotFind;
        private long open;
        private long withoutItems;
    }
}
