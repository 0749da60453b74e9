package io.engram.jepsen.history.format;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A history while it is read: numbers the events, and holds every process to one open operation.
final class Growing {
    private final List<Op> ops = new ArrayList<>();
    private final Map<Integer, Op> open = new HashMap<>();

    /// Where the next event will stand.
    int size() {
        return ops.size();
    }

    long lastTime() {
        return ops.isEmpty() ? 0 : ops.getLast().time();
    }

    void add(
            int line,
            OpType type,
            int process,
            String function,
            @Nullable String key,
            Value value,
            long time,
            Evidence evidence,
            @Nullable String error) {
        if (time < lastTime()) throw new BadHistoryException(line, "time must not go down: " + time + " after " + lastTime());
        Op op = new Op(ops.size(), type, process, function, key, value, time, evidence, error);
        if (op.ofClient()) pair(line, op);
        ops.add(op);
    }

    private void pair(int line, Op op) {
        if (op.type() == OpType.INVOKE) {
            Op earlier = open.put(op.process(), op);
            if (earlier != null)
                throw new BadHistoryException(
                        line,
                        "process " + op.process() + " invokes " + op.function() + " while its " + earlier.function() + " (event " + earlier.index()
                                + ") is open");
            return;
        }
        Op invocation = open.remove(op.process());
        if (invocation == null)
            throw new BadHistoryException(line, "process " + op.process() + " completes a " + op.function() + " that it did not invoke");
        if (!invocation.function().equals(op.function()))
            throw new BadHistoryException(
                    line,
                    "process " + op.process() + " completes a " + op.function() + " but its open operation (event " + invocation.index() + ") is a "
                            + invocation.function());
    }

    History done() {
        return new History(ops);
    }
}
