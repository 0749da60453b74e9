package io.engram.jepsen.checker.availability;

import io.engram.jepsen.history.Operation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All that was tried of one function, and the gaps in which nothing of it succeeded.
///
/// A gap lasts from one success to the next. Only time in which something is being tried counts: where clients rest for longer than
/// [#REST], a gap ends.
final class Attempts {
    /// Longer than clients wait between two attempts at any sensible rate.
    private static final Duration REST = Duration.ofSeconds(1);

    /// In order of invocation.
    private final List<Operation> operations;
    private final Answers answers;
    private final List<Outage> gaps = new ArrayList<>();

    record Outage(long from, long to) {
        long nanos() {
            return to - from;
        }
    }

    /// @param operations in order of invocation
    /// @param answers which outcomes count as success
    /// @param end of the history: what is still pending then was being tried until then
    Attempts(List<Operation> operations, Answers answers, long end) {
        this.operations = operations;
        this.answers = answers;
        long[] successes = operations.stream().filter(answers::given).mapToLong(Operation::completed).sorted().toArray();
        int next = 0;
        int at = 0;
        while (at < operations.size()) {
            long begin = operations.get(at).invoked();
            long until = begin;
            while (at < operations.size() && operations.get(at).invoked() <= until + REST.toNanos())
                until = Math.max(until, triedUntil(operations.get(at++), end));
            for (; next < successes.length && successes[next] <= until; next++) {
                gaps.add(new Outage(begin, successes[next]));
                begin = successes[next];
            }
            if (until > begin) gaps.add(new Outage(begin, until));
        }
    }

    private static long triedUntil(Operation operation, long end) {
        return operation.completion() == null ? end : operation.completion().time();
    }

    /// The longest gap that reaches into the span: counted from the begin of the span at the earliest, and to the success that
    /// ended it, even if that came after the span. Null if nothing was being tried.
    @Nullable Outage longest(long from, long to) {
        Outage longest = null;
        for (Outage gap : gaps) {
            if (gap.to() <= from || gap.from() >= to) continue;
            Outage clipped = new Outage(Math.max(gap.from(), from), gap.to());
            if (longest == null || clipped.nanos() > longest.nanos()) longest = clipped;
        }
        return longest;
    }

    /// How long after a moment something succeeded that had begun after it, in ns; null if nothing did that began before `until`.
    ///
    /// @param nodes that must have answered; any if empty
    @Nullable Long firstSuccess(long after, long until, Set<String> nodes) {
        long first = Long.MAX_VALUE;
        for (Operation operation : operations) {
            if (operation.invoked() < after || !answers.given(operation)) continue;
            if (operation.invoked() >= Math.min(until, first)) break;
            if (nodes.isEmpty() || nodes.contains(node(operation))) first = Math.min(first, operation.completed());
        }
        return first == Long.MAX_VALUE ? null : first - after;
    }

    private static String node(Operation operation) {
        String node = operation.completion() == null ? null : operation.completion().evidence().node();
        return node == null ? "" : node;
    }

    /// Whether anything was begun in the span.
    boolean triedWithin(long from, long to) {
        return operations.stream().anyMatch(o -> from <= o.invoked() && o.invoked() < to);
    }
}
