package io.engram.jepsen.checker.availability;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.Set;

/// Which outcomes show that the system was there: successes, and refusals that tell something of the data.
///
/// @param refusals errors of a FAIL that are an answer: a compare-and-set that found another value
record Answers(Set<String> refusals) {
    Answers {
        refusals = Set.copyOf(refusals);
    }

    boolean given(Operation operation) {
        if (operation.outcome() == OpType.OK) return true;
        if (operation.outcome() != OpType.FAIL || operation.completion() == null) return false;
        String error = operation.completion().error();
        return error != null && refusals.contains(error);
    }
}
