package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// Few operations of one object that have no order, and a sentence that says why.
///
/// @param events as recorded; an operation whose completion came after the failure shows its invocation only
/// @param operations in the events
/// @param checks that confirmed it on the way: after every reduction that was kept, it was still invalid
record Counterexample(List<Op> events, String sentence, int operations, int checks) {
    /// More states than this are counted, not listed.
    private static final int LISTED = 6;

    /// @param furthest the outcome of searching all operations of the object
    static <S, A> Counterexample of(Model<S, A> model, List<Operation> operations, Problem<S, A> problem, Search.Outcome furthest, Budget budget) {
        Shrinking<S, A> shrinking = new Shrinking<>(model, budget);
        List<Operation> prefix = until(problem.end[furthest.furthest()], operations);
        if (shrinking.outcome(prefix) == null) prefix = operations;
        List<Operation> few = shrinking.shrink(prefix);
        List<Op> events = events(few);
        // Once more from the events alone: what is shown is what was judged.
        if (shrinking.outcome(new History(events).operations()) == null) {
            few = prefix;
            events = events(few);
        }
        return new Counterexample(events, shrinking.explain(few), few.size(), shrinking.checks);
    }

    /// What had begun by then; what ended later was still pending.
    private static List<Operation> until(int end, List<Operation> operations) {
        return operations.stream()
                .filter(o -> o.invocation().index() < end)
                .map(o -> o.completion() != null && o.completion().index() > end ? new Operation(o.invocation(), null) : o)
                .toList();
    }

    private static List<Op> events(List<Operation> operations) {
        List<Op> events = new ArrayList<>();
        for (Operation operation : operations) {
            events.add(operation.invocation());
            if (operation.completion() != null) events.add(operation.completion());
        }
        events.sort(Comparator.comparingInt(Op::index));
        return events;
    }

    private record Span<A>(Operation operation, A act) {
        int begin() {
            return operation.invocation().index();
        }

        /// Never, for one that need not happen.
        int end() {
            Op completion = operation.completion();
            return completion == null || completion.type() == OpType.INFO ? Integer.MAX_VALUE : completion.index();
        }
    }

    private static final class Shrinking<S, A> {
        private final Model<S, A> model;
        private final Budget budget;
        private int checks;

        Shrinking(Model<S, A> model, Budget budget) {
            this.model = model;
            this.budget = budget;
        }

        /// @return null unless the operations have no order; a limit counts as not known
        Search.@Nullable Outcome outcome(List<Operation> operations) {
            try {
                Search.Outcome outcome = Search.run(new Problem<>(model, operations), budget, false);
                if (!outcome.impossible()) return null;
                checks++;
                return outcome;
            } catch (GaveUpException e) {
                return null;
            }
        }

        /// Leaves out ever smaller pieces as long as what is left has no order, then cuts again after the operation that fails.
        List<Operation> shrink(List<Operation> operations) {
            List<Operation> left = latest(operations);
            for (int piece = Math.max(1, left.size() / 2); !budget.overtime(); piece = Math.max(1, piece / 2)) {
                int before = left.size();
                left = without(left, piece);
                if (piece == 1 && left.size() == before) break;
            }
            return left;
        }

        /// As little of the latest past as will do, with what it saw of the time before.
        private List<Operation> latest(List<Operation> operations) {
            for (int last = 1; last < operations.size() && !budget.overtime(); last *= 2) {
                List<Operation> fewer = leaveOut(operations, 0, operations.size() - last);
                if (outcome(fewer) != null) return fewer;
            }
            return operations;
        }

        /// One pass, from the end: what happened last matters most, and what comes before it most often does not.
        private List<Operation> without(List<Operation> operations, int piece) {
            List<Operation> left = operations;
            for (int to = left.size(); to > 0 && !budget.overtime(); to -= piece) {
                List<Operation> fewer = leaveOut(left, Math.max(0, to - piece), Math.min(to, left.size()));
                if (fewer.size() == left.size()) continue;
                Search.Outcome outcome = outcome(fewer);
                if (outcome == null) continue;
                left = fewer;
            }
            return left;
        }

        /// Leaves out of a range what may be: leaving out must not make a history invalid that was valid. An act that
        /// changes nothing always may; another only if nobody who stays could have seen what it changed.
        private List<Operation> leaveOut(List<Operation> operations, int from, int to) {
            Set<Operation> gone = Collections.newSetFromMap(new IdentityHashMap<>());
            List<Span<A>> rest = new ArrayList<>();
            List<Span<A>> changes = new ArrayList<>();
            for (int i = 0; i < operations.size(); i++) {
                Operation operation = operations.get(i);
                A act = model.act(operation);
                boolean out = i >= from && i < to;
                if (out) gone.add(operation);
                if (act != null && !out) rest.add(new Span<>(operation, act));
                if (act != null && out && !model.pure(act)) changes.add(new Span<>(operation, act));
            }
            // One that has to stay may be the one who saw another.
            for (boolean changed = true; changed; ) {
                changed = false;
                for (Span<A> change : List.copyOf(changes)) {
                    if (!seen(change, rest)) continue;
                    gone.remove(change.operation());
                    changes.remove(change);
                    rest.add(change);
                    changed = true;
                }
            }
            return operations.stream().filter(o -> !gone.contains(o)).toList();
        }

        /// Who was over before the change began cannot have seen it, nor who began after something that erased it was over.
        /// Of equal changes that were erased the last one stays: a value that was never there explains nothing.
        private boolean seen(Span<A> change, List<Span<A>> rest) {
            int erased = Integer.MAX_VALUE;
            boolean last = true;
            for (Span<A> other : rest) {
                if (other.begin() > change.end() && model.erases(other.act())) erased = Math.min(erased, other.end());
                last &= other.begin() < change.begin() || !other.act().equals(change.act());
            }
            for (Span<A> other : rest)
                if (other.end() > change.begin() && (last || other.begin() < erased) && model.sees(other.act(), change.act())) return true;
            return false;
        }

        /// "the register could only be 1 or 4 here; this read returned 3 (event 17, process 2)"
        String explain(List<Operation> operations) {
            Problem<S, A> problem = new Problem<>(model, operations);
            Search.Outcome outcome = everyState(problem);
            if (outcome == null) return "no order of these operations is one that " + model.noun() + " could go through";
            Operation stuck = problem.operation(outcome.furthest());
            A act = problem.transitions().act(problem.act[outcome.furthest()]);
            List<String> states = Arrays.stream(outcome.states())
                    .mapToObj(s -> model.show(problem.transitions().state(s)))
                    .toList();
            return model.noun() + " could only be " + either(states) + " here; " + model.tell(act) + " (event "
                    + (stuck.completion() == null ? stuck.invocation() : stuck.completion()).index() + ", process " + stuck.invocation().process() + ")";
        }

        private Search.@Nullable Outcome everyState(Problem<S, A> problem) {
            try {
                Search.Outcome outcome = Search.run(problem, budget, true);
                return outcome.impossible() ? outcome : null;
            } catch (GaveUpException e) {
                return null;
            }
        }

        private static String either(List<String> states) {
            if (states.size() == 1) return states.getFirst();
            if (states.size() > LISTED)
                return states.stream().limit(LISTED).collect(Collectors.joining(", ")) + " or one of " + (states.size() - LISTED) + " others";
            return String.join(", ", states.subList(0, states.size() - 1)) + " or " + states.getLast();
        }
    }
}
