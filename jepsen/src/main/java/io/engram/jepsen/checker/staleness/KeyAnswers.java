package io.engram.jepsen.checker.staleness;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What is known of one key: the successful reads and writes, and when each value may have come to be.
final class KeyAnswers {
    private final List<Answer> answers = new ArrayList<>();
    private final Map<Value, Operation> firstAttempts = new HashMap<>();
    private int unversioned;
    private boolean valuesKnown = true;

    private KeyAnswers() {}

    static KeyAnswers of(List<Operation> operations) {
        KeyAnswers all = new KeyAnswers();
        operations.forEach(all::take);
        return all;
    }

    private void take(Operation operation) {
        Value written = written(operation);
        if (written == null && !operation.function().equals("read")) {
            if (operation.outcome() != OpType.FAIL) valuesKnown = false;
            return;
        }
        if (written != null && operation.outcome() != OpType.FAIL) firstAttempts.putIfAbsent(written, operation);
        if (operation.outcome() != OpType.OK) return;
        var completion = Objects.requireNonNull(operation.completion());
        Value value = written == null ? completion.value() : written;
        Long version = completion.evidence().version();
        if (version == null && written == null && value.equals(Value.NIL)) version = 0L; // absent: nothing had been written
        if (version == null) unversioned++;
        else answers.add(new Answer(operation, written != null, version, value));
    }

    /// What a `write`, or a `cas` [from to], would leave behind; null for anything else.
    private static @Nullable Value written(Operation operation) {
        Value argument = operation.invocation().value();
        return switch (operation.function()) {
            case "write" -> argument;
            case "cas" -> argument instanceof Value.Items pair && pair.values().size() == 2 ? pair.values().getLast() : null;
            default -> null;
        };
    }

    /// In order of invocation.
    List<Answer> answers() {
        return answers;
    }

    /// Successful ones that did not say which version they wrote or saw, and cannot be judged.
    int unversioned() {
        return unversioned;
    }

    /// Whether nothing but what is known here can have made a value: then one that was read must have been written.
    boolean valuesKnown() {
        return valuesKnown;
    }

    /// The first write of this value that may have happened; null if there is none.
    @Nullable Operation firstAttempt(Value value) {
        return firstAttempts.get(value);
    }
}
