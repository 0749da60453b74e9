package io.engram.jepsen.checker.linear;

import io.engram.jepsen.checker.linear.Reading.FailedCas;
import io.engram.jepsen.checker.linear.Reading.NilRead;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Tries every order of every choice of operations, with nothing clever in it.
final class BruteForce {
    private final NaiveObject object;
    private final Reading reading;

    BruteForce(NaiveObject object, Reading reading) {
        this.object = object;
        this.reading = reading;
    }

    boolean linearizable(History history) {
        return linearizable(history.operations());
    }

    boolean linearizable(List<Operation> all) {
        List<Operation> operations = new ArrayList<>();
        for (Operation operation : all) {
            boolean failedCas = operation.outcome() == OpType.FAIL && operation.function().equals("cas") && reading.failedCas() == FailedCas.ASSERTS;
            if (operation.outcome() != OpType.FAIL || failedCas) operations.add(operation);
        }
        return place(operations, initial());
    }

    private Value initial() {
        return object == NaiveObject.REGISTER || object == NaiveObject.CAS_REGISTER ? reading.initial() : object.initial();
    }

    /// Whether what is left can follow on a state.
    private boolean place(List<Operation> left, Value state) {
        if (left.stream().allMatch(o -> o.outcome() == OpType.INFO)) return true;
        for (Operation next : left) {
            if (left.stream().anyMatch(o -> before(o, next))) continue;
            Value after = after(state, next);
            if (after == null) continue;
            List<Operation> rest = new ArrayList<>(left);
            rest.remove(next);
            if (place(rest, after)) return true;
        }
        return false;
    }

    private static boolean before(Operation one, Operation other) {
        Op end = one.completion();
        return end != null && end.type() != OpType.INFO && end.index() < other.invocation().index();
    }

    private @Nullable Value after(Value state, Operation operation) {
        Op completion = operation.completion();
        NaiveObject.Step step = object.apply(state, operation.function(), operation.invocation().value());
        if (operation.outcome() == OpType.FAIL) return step == null ? state : null;
        if (step == null) return null;
        if (completion == null || operation.outcome() == OpType.INFO) return step.state();
        return switch (operation.function()) {
            case "read", "get" -> answers(step.answer(), completion.value()) ? step.state() : null;
            case "dequeue" -> step.answer().equals(completion.value()) ? step.state() : null;
            default -> step.state();
        };
    }

    private boolean answers(Value actual, Value said) {
        if (said.equals(Value.NIL)) {
            if (reading.nilRead() == NilRead.UNKNOWN) return true;
            return actual.equals(object.initial());
        }
        return said.equals(actual);
    }
}
