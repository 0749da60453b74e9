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
    static final String WRITE = "write";
    static final String READ = "read";

    private final List<Answer> answers = new ArrayList<>();
    private final Map<Value, Operation> firstAttempts = new HashMap<>();
    private int unversioned;
    private boolean onlyReadsAndWrites = true;

    private KeyAnswers() {}

    static KeyAnswers of(List<Operation> operations) {
        KeyAnswers all = new KeyAnswers();
        operations.forEach(all::take);
        return all;
    }

    private void take(Operation operation) {
        boolean write = operation.function().equals(WRITE);
        if (!write && !operation.function().equals(READ)) {
            if (operation.outcome() != OpType.FAIL) onlyReadsAndWrites = false;
            return;
        }
        if (write && operation.outcome() != OpType.FAIL) firstAttempts.putIfAbsent(operation.invocation().value(), operation);
        if (operation.outcome() != OpType.OK) return;
        var completion = Objects.requireNonNull(operation.completion());
        Value value = write ? operation.invocation().value() : completion.value();
        Long version = completion.evidence().version();
        if (version == null && !write && value.equals(Value.NIL)) version = 0L; // absent: nothing had been written
        if (version == null) unversioned++;
        else answers.add(new Answer(operation, write, version, value));
    }

    /// In order of invocation.
    List<Answer> answers() {
        return answers;
    }

    /// Successful ones that did not say which version they wrote or saw, and cannot be judged.
    int unversioned() {
        return unversioned;
    }

    /// Whether nothing else can have made a value: then one that was read must have been written.
    boolean onlyReadsAndWrites() {
        return onlyReadsAndWrites;
    }

    /// The first write of this value that may have happened; null if there is none.
    @Nullable Operation firstAttempt(Value value) {
        return firstAttempts.get(value);
    }
}
