package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/// Makes operations that have no order fewer, searching again after every step.
///
/// Not every smaller history that has no order explains the larger one: without its write, any read looks wrong. So a step
/// leaves out only what could not have made a valid history invalid by being left out.
final class Shrinking<S, A> {
    private final Model<S, A> model;
    private final Budget budget;
    private int checks;

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

    Shrinking(Model<S, A> model, Budget budget) {
        this.model = model;
        this.budget = budget;
    }

    /// How often operations were confirmed to have no order.
    int checks() {
        return checks;
    }

    /// Whether the operations are known to have no order; a limit counts as not known.
    boolean impossible(List<Operation> operations) {
        try {
            boolean impossible = Search.decide(new Problem<>(model, operations, budget), budget).impossible();
            if (impossible) checks++;
            return impossible;
        } catch (GaveUpException e) {
            return false;
        }
    }

    /// As little of the latest past as will do, then without ever smaller pieces of it.
    List<Operation> shrink(List<Operation> operations) {
        List<Operation> left = latest(operations);
        for (int piece = Math.max(1, left.size() / 2); !budget.overtime(); piece = Math.max(1, piece / 2)) {
            int before = left.size();
            left = without(left, piece);
            if (piece == 1 && left.size() == before) break;
        }
        return left;
    }

    private List<Operation> latest(List<Operation> operations) {
        for (int last = 1; last < operations.size() && !budget.overtime(); last *= 2) {
            List<Operation> fewer = leaveOut(operations, 0, operations.size() - last);
            if (impossible(fewer)) return fewer;
        }
        return operations;
    }

    /// One pass, from the end: what happened last matters most, and what comes before it most often does not.
    private List<Operation> without(List<Operation> operations, int piece) {
        List<Operation> left = operations;
        for (int to = left.size(); to > 0 && !budget.overtime(); to -= piece) {
            List<Operation> fewer = leaveOut(left, Math.max(0, to - piece), Math.min(to, left.size()));
            if (fewer.size() < left.size() && impossible(fewer)) left = fewer;
        }
        return left;
    }

    /// Leaves out of a range what may be: leaving out must not make a history invalid that was valid. An act that changes
    /// nothing always may; another only if nobody who stays could have seen what it changed.
    List<Operation> leaveOut(List<Operation> operations, int from, int to) {
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
}
