package io.engram.jepsen.checker.recall;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What was done with one memory.
final class Memory {
    private final List<Operation> observed = new ArrayList<>();
    private final List<Operation> forgotten = new ArrayList<>();

    void observed(Operation operation) {
        observed.add(operation);
    }

    void forgotten(Operation operation) {
        forgotten.add(operation);
    }

    /// The acknowledged observe that makes it certain that this recall must find it; null if it is not.
    @Nullable Operation present(Operation recall) {
        return settled(observed, forgotten, recall);
    }

    /// The acknowledged forget that makes it certain that this recall must not find it; null if it is not.
    @Nullable Operation gone(Operation recall) {
        return settled(forgotten, observed, recall);
    }

    /// Whether it can have been there at all: somebody had begun to observe it, and not only in vain.
    boolean everObserved(Operation recall) {
        return observed.stream().anyMatch(o -> o.outcome() != OpType.FAIL && o.invoked() <= recall.completed());
    }

    List<Operation> attempts() {
        return observed;
    }

    /// One that was over before the recall began, while every other that could undo it was over before it began or came after the recall.
    private static @Nullable Operation settled(List<Operation> does, List<Operation> undoes, Operation recall) {
        for (Operation done : does.reversed()) {
            if (done.outcome() != OpType.OK || done.completed() >= recall.invoked()) continue;
            boolean open = undoes.stream()
                    .anyMatch(undo -> undo.outcome() != OpType.FAIL && undo.completed() >= done.invoked() && undo.invoked() <= recall.completed());
            if (!open) return done;
        }
        return null;
    }
}
