package io.engram.jepsen.report;

import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Rows for processes. A process ends with its first unknown outcome, and the one that takes over from it goes on in its row:
/// there are as many rows as there were processes at a time, not as many as there were processes.
final class Lanes {
    private final Map<Integer, Integer> laneOf = new HashMap<>();
    private int count;

    /// @param operations in order of invocation
    static Lanes of(List<Operation> operations) {
        Lanes lanes = new Lanes();
        List<Op> ends = operations.stream()
                .filter(o -> o.outcome() == OpType.INFO && o.completion() != null)
                .map(o -> Objects.requireNonNull(o.completion()))
                .sorted(Comparator.comparingInt(Op::index))
                .toList();
        Deque<Integer> free = new ArrayDeque<>();
        int ended = 0;
        for (Operation operation : operations) {
            for (; ended < ends.size() && ends.get(ended).index() < operation.invocation().index(); ended++)
                free.add(lanes.lane(ends.get(ended).process()));
            lanes.laneOf.computeIfAbsent(operation.invocation().process(), _ -> free.isEmpty() ? lanes.count++ : free.remove());
        }
        return lanes;
    }

    int lane(int process) {
        return Objects.requireNonNull(laneOf.get(process), "process");
    }

    /// At least one, so that there is something to draw on.
    int count() {
        return Math.max(1, count);
    }
}
