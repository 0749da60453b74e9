package io.engram.jepsen.report;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The operations that the page draws: all of them, or, of a very long run, all that did not succeed, all that are evidence, and
/// every so manieth of the others.
///
/// @param stride of those that succeeded, one in so many is there
record Drawn(List<Operation> operations, int stride) {
    /// About 5 MB of page.
    static final int LIMIT = 250_000;

    static Drawn of(List<Operation> all, Set<Integer> evidence, int limit) {
        if (all.size() <= limit) return new Drawn(all, 1);
        long others = all.stream().filter(o -> keeps(o, evidence)).count();
        // Failures may be more than the limit themselves: they are what the reader came for.
        long room = Math.max(limit / 10, limit - others);
        int stride = (int) Math.ceilDiv(all.size() - others, room);
        List<Operation> drawn = new ArrayList<>();
        int seen = 0;
        for (Operation operation : all) if (keeps(operation, evidence) || seen++ % stride == 0) drawn.add(operation);
        return new Drawn(drawn, stride);
    }

    private static boolean keeps(Operation operation, Set<Integer> evidence) {
        return operation.outcome() != OpType.OK || evidence.contains(operation.invocation().index());
    }
}
