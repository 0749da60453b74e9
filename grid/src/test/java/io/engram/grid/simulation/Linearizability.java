package io.engram.grid.simulation;

import io.engram.grid.freshness.Consistency;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Whether the writes and linearizable reads of a key can be put into one order that respects real time and explains all that
/// was seen. Search after Wing and Gong (1993), remembering where it has been as in Lowe (2017).
final class Linearizability {
    private sealed interface Step {
        record Put(long version, String text) implements Step {}

        record Swap(long expected, long version, String text) implements Step {}

        record Clash(long expected, long found) implements Step {}

        record Look(long version, String text) implements Step {}
    }

    private record State(long version, String text) {}

    private record Op(long invoked, long returned, Step step, Object source) {}

    private record Visited(BitSet done, State state) {}

    private Linearizability() {}

    /// @return what is wrong, or empty
    static Optional<String> check(History history) {
        Map<String, List<Op>> byKey = new HashMap<>();
        Map<String, Long> seen = new HashMap<>();
        history.reads.forEach(read -> seen.put(read.text(), read.version()));
        for (History.Write write : history.writes) add(byKey, seen, write);
        for (History.Read read : history.reads) {
            if (!(read.consistency() instanceof Consistency.Linearizable)) continue;
            byKey.computeIfAbsent(read.key(), k -> new ArrayList<>())
                    .add(new Op(read.invoked(), read.returned(), new Step.Look(read.version(), read.text()), read));
        }
        for (Map.Entry<String, List<Op>> one : new TreeMap<>(byKey).entrySet()) {
            List<Op> ops = one.getValue();
            ops.sort(Comparator.comparingLong(Op::invoked));
            if (!explains(ops, new BitSet(), new State(0, ""), new HashSet<>())) {
                StringBuilder told = new StringBuilder("not linearizable: key " + one.getKey());
                ops.forEach(op -> told.append("\n  ").append(op.source()));
                return Optional.of(told.toString());
            }
        }
        return Optional.empty();
    }

    private static void add(Map<String, List<Op>> byKey, Map<String, Long> seen, History.Write write) {
        Step step = switch (write.outcome) {
            case NOTHING -> null;
            case RECORDED -> effect(write, write.version);
            case CONFLICT -> new Step.Clash(write.expected, write.version);
            // It may have happened. If no read ever showed it, that it did not explains as much.
            case UNKNOWN -> seen.containsKey(write.text) ? effect(write, seen.get(write.text)) : null;
        };
        if (step == null) return;
        long returned = write.outcome == History.Write.Outcome.UNKNOWN ? History.NEVER : write.returned;
        byKey.computeIfAbsent(write.key, k -> new ArrayList<>()).add(new Op(write.invoked, returned, step, write));
    }

    private static Step effect(History.Write write, long version) {
        return write.conditional ? new Step.Swap(write.expected, version, write.text) : new Step.Put(version, write.text);
    }

    private static boolean explains(List<Op> ops, BitSet done, State state, Set<Visited> visited) {
        long earliestReturn = History.NEVER;
        boolean left = false;
        for (int i = done.nextClearBit(0); i < ops.size(); i = done.nextClearBit(i + 1)) {
            earliestReturn = Math.min(earliestReturn, ops.get(i).returned());
            left |= ops.get(i).returned() != History.NEVER;
        }
        if (!left) return true;
        if (!visited.add(new Visited((BitSet) done.clone(), state))) return false;
        for (int i = done.nextClearBit(0); i < ops.size(); i = done.nextClearBit(i + 1)) {
            Op op = ops.get(i);
            if (op.invoked() > earliestReturn) break;
            State after = step(state, op.step());
            if (after == null) continue;
            done.set(i);
            if (explains(ops, done, after, visited)) return true;
            done.clear(i);
        }
        return false;
    }

    private static @Nullable State step(State state, Step step) {
        return switch (step) {
            case Step.Put(long version, String text) -> version > state.version() ? new State(version, text) : null;
            case Step.Swap(long expected, long version, String text) ->
                expected == state.version() && version > state.version() ? new State(version, text) : null;
            case Step.Clash(long expected, long found) -> expected != state.version() && found == state.version() ? state : null;
            case Step.Look(long version, String text) ->
                version == state.version() && text.equals(state.text()) ? state : null;
        };
    }
}
