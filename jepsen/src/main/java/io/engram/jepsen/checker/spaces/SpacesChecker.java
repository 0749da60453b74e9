package io.engram.jepsen.checker.spaces;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/// Is every value that a space shows one that was written to it?
///
/// The key is the space. `write` carries a value that no other write carries (Text that names the space and a number, say); every
/// other operation that succeeds (`list`, `read`, `recall`) returns a value or Items of them, and each is looked up among all writes.
///
/// - *cross-talk*: it was written to another space;
/// - *phantom*: nobody had written it when the answer came, or only with attempts that failed for certain.
///
/// Fewer than two spaces that were written to and have shown a value: UNKNOWN, since nothing could have crossed over.
public final class SpacesChecker implements Checker {
    @Override
    public String name() {
        return "spaces";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Deadline deadline = Deadline.of(limits);
        List<Operation> operations = history.operations();
        Map<Value, Operation> written = new HashMap<>();
        Map<Value, Operation> refused = new HashMap<>();
        int ambiguous = 0;
        for (Operation operation : operations) {
            if (!operation.function().equals("write")) continue;
            if (operation.outcome() == OpType.FAIL) refused.putIfAbsent(operation.invocation().value(), operation);
            else {
                Operation before = written.putIfAbsent(operation.invocation().value(), operation);
                if (before != null && !space(before).equals(space(operation))) ambiguous++;
            }
        }
        Violations violations = new Violations();
        Set<String> shown = new HashSet<>();
        long values = 0;
        for (Operation operation : operations) {
            if (operation.function().equals("write") || operation.outcome() != OpType.OK) continue;
            if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
            for (Value value : values(Objects.requireNonNull(operation.completion()).value())) {
                values++;
                shown.add(space(operation));
                judge(value, operation, written, refused, violations);
            }
        }
        Map<String, Value> figures = new LinkedHashMap<>();
        figures.put("spacesWritten", Value.of(written.values().stream().map(SpacesChecker::space).distinct().count()));
        figures.put("spacesShown", Value.of(shown.size()));
        figures.put("valuesWritten", Value.of(written.size()));
        figures.put("valuesShown", Value.of(values));
        if (!violations.none()) return violations.finding(name(), figures);
        if (ambiguous > 0)
            return Finding.unknown(name(), ambiguous + " values were written to more than one space: they cannot tell whose they are", figures);
        if (shown.size() < 2) return Finding.unknown(name(), "fewer than two spaces have shown a value: nothing could have crossed over", figures);
        return Finding.valid(name(), values + " values shown by " + shown.size() + " spaces, each its own", figures);
    }

    private static void judge(Value value, Operation answer, Map<Value, Operation> written, Map<Value, Operation> refused, Violations violations) {
        Operation write = written.get(value);
        if (write == null) {
            Operation attempt = refused.get(value);
            if (attempt == null)
                violations.add("phantom", "space " + space(answer) + " showed " + Violations.shown(value) + ", which nobody wrote", answer);
            else violations.add("phantom", "space " + space(answer) + " showed " + Violations.shown(value)
                    + ", though its write had failed", attempt, answer);
        } else if (!space(write).equals(space(answer))) {
            violations.add("cross-talk", "space " + space(answer) + " showed " + Violations.shown(value) + ", which was written to space "
                    + space(write), write, answer);
        } else if (write.invoked() > answer.completed()) {
            violations.add("phantom", "space " + space(answer) + " showed " + Violations.shown(value)
                    + " before anybody began to write it", answer, write);
        }
    }

    private static String space(Operation operation) {
        return operation.key() == null ? "" : operation.key();
    }

    private static List<Value> values(Value result) {
        return switch (result) {
            case Value.Nil _ -> List.of();
            case Value.Items items -> items.values();
            case Value one -> List.of(one);
        };
    }
}
