package io.engram.jepsen.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Events in the order in which they were recorded.
///
/// @param ops times never go down from one to the next
public record History(List<Op> ops) {
    public History {
        ops = List.copyOf(ops);
    }

    /// The clients' operations, each invocation with its completion, in order of invocation. The nemesis' are left out.
    ///
    /// @throws IllegalArgumentException a completion without an invocation, or a process with two operations open; with the index
    public List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        Map<Integer, Integer> open = new HashMap<>();
        for (Op op : ops) {
            if (!op.ofClient()) continue;
            if (op.type() == OpType.INVOKE) {
                if (open.putIfAbsent(op.process(), all.size()) != null)
                    throw new IllegalArgumentException("op " + op.index() + ": process " + op.process() + " invokes while it has an operation open");
                all.add(new Operation(op, null));
            } else {
                Integer at = open.remove(op.process());
                if (at == null)
                    throw new IllegalArgumentException("op " + op.index() + ": process " + op.process() + " completes what it did not invoke");
                all.set(at, new Operation(all.get(at).invocation(), op));
            }
        }
        return all;
    }
}
