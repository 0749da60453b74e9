package io.engram.jepsen.checker.sequence;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import org.jspecify.annotations.Nullable;

/// One `send`: the numbers from..to of a session.
///
/// @param acknowledgedTo the last number that was acknowledged, of those from..to; below `from` if none was
record Sent(Operation operation, String session, long from, long to, long acknowledgedTo) {
    /// @return null if neither the invocation nor the completion says {session, from, to}
    static @Nullable Sent of(Operation operation) {
        Range invoked = range(operation, operation.invocation().value());
        Range completed = operation.completion() == null ? null : range(operation, operation.completion().value());
        Range sent = invoked == null ? completed : invoked;
        if (sent == null) return null;
        boolean acknowledged = operation.outcome() == OpType.OK;
        long through = completed == null ? sent.to() : Math.min(sent.to(), completed.to());
        return new Sent(operation, sent.session(), sent.from(), sent.to(), acknowledged ? through : sent.from() - 1);
    }

    private record Range(String session, long from, long to) {}

    private static @Nullable Range range(Operation operation, Value value) {
        if (!(value instanceof Value.Fields fields)) return null;
        String session = fields.entries().get("session") instanceof Value.Text text ? text.value() : operation.key();
        Long from = number(fields, "from");
        Long to = number(fields, "to");
        return session == null || from == null || to == null || from > to ? null : new Range(session, from, to);
    }

    private static @Nullable Long number(Value.Fields fields, String name) {
        return fields.entries().get(name) instanceof Value.Whole whole ? whole.value() : null;
    }
}
