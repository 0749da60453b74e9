package io.engram.jepsen.checker.sequence;

import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Through which number a session was said to be durable when it was opened.
record Mark(Operation operation, String session, long durable) {
    /// @return null if the operation did not succeed, or does not say {session, durable}
    static @Nullable Mark of(Operation operation) {
        if (operation.outcome() != OpType.OK || operation.completion() == null || !(operation.completion().value() instanceof Value.Fields fields))
            return null;
        return fields.entries().get("session") instanceof Value.Text session && fields.entries().get("durable") instanceof Value.Whole durable
                ? new Mark(operation, session.value(), durable.value())
                : null;
    }

    /// What was acknowledged before the session was opened must be durable then.
    void check(List<Sent> sent, Violations violations) {
        for (Sent one : sent) {
            boolean before = one.session().equals(session) && one.operation().completed() < operation.invoked();
            if (!before || one.acknowledgedTo() < one.from() || one.acknowledgedTo() <= durable) continue;
            violations.add("mark went back", "session " + session + ": opened as durable through " + durable + ", after "
                    + one.acknowledgedTo() + " had been acknowledged",
                    one.operation(), operation);
            return;
        }
    }
}
