package io.engram.jepsen.workload;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import org.jspecify.annotations.Nullable;

/// What came of an invocation.
///
/// @param type OK, FAIL or INFO
/// @param error a stable short form, null for OK
public record Completion(OpType type, Value value, Evidence evidence, @Nullable String error) {
    public Completion {
        if (type == OpType.INVOKE) throw new IllegalArgumentException("a completion is OK, FAIL or INFO");
    }

    public static Completion ok(Value value, Evidence evidence) {
        return new Completion(OpType.OK, value, evidence, null);
    }

    /// It did not happen. Only where that is certain.
    public static Completion fail(Value value, Evidence evidence, String error) {
        return new Completion(OpType.FAIL, value, evidence, error);
    }

    public static Completion info(Value value, Evidence evidence, String error) {
        return new Completion(OpType.INFO, value, evidence, error);
    }
}
