package io.engram.jepsen.report;

import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// How stale each read is proven to have been, from versions alone: by the time that it began, for how long had an answer been
/// there that shows a later version of the same key? Zero if there was none. For drawing: the checker judges.
final class Staleness {
    static final Set<String> READS = Set.of("read", "get", "recall");
    static final long NOT_KNOWN = -1;

    private Staleness() {}

    /// @return for each operation, ns, or [#NOT_KNOWN] for what is no answered read with a version
    static long[] proven(List<Operation> operations) {
        long[] proven = new long[operations.size()];
        Map<String, List<Integer>> byKey = new HashMap<>();
        for (int i = 0; i < proven.length; i++) {
            proven[i] = NOT_KNOWN;
            Operation operation = operations.get(i);
            if (operation.outcome() == OpType.OK && version(operation) >= 0)
                byKey.computeIfAbsent(String.valueOf(operation.key()), _ -> new ArrayList<>()).add(i);
        }
        for (List<Integer> answers : byKey.values()) {
            answers.sort(Comparator.comparingLong((Integer i) -> version(operations.get(i))).reversed());
            long shown = Long.MAX_VALUE; // when a later version was first shown
            for (int i = 0; i < answers.size(); ) {
                long version = version(operations.get(answers.get(i)));
                long earliest = shown;
                for (; i < answers.size() && version(operations.get(answers.get(i))) == version; i++) {
                    Operation answer = operations.get(answers.get(i));
                    if (READS.contains(answer.function())) proven[answers.get(i)] = Math.max(0, answer.invoked() - Math.min(shown, answer.invoked()));
                    earliest = Math.min(earliest, answer.completed());
                }
                shown = earliest;
            }
        }
        return proven;
    }

    /// 0 for a read that found nothing: every version is later. -1 if the answer does not tell.
    private static long version(Operation operation) {
        Op answer = operation.completion();
        if (answer == null) return -1;
        Long version = answer.evidence().version();
        if (version != null) return version;
        return READS.contains(operation.function()) && answer.value().equals(Value.NIL) ? 0 : -1;
    }
}
