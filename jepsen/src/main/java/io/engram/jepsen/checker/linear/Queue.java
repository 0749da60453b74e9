package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A first-in first-out queue that is empty at first: `enqueue` v, `dequeue` → v, or nil where it was empty. A dequeue that
/// failed says nothing; one with an unknown outcome may have taken what was first.
final class Queue implements Model<List<Value>, Queue.Act> {
    sealed interface Act {}

    record Enqueue(Value value) implements Act {}

    record Dequeue(Value value) implements Act {}

    /// Nobody learned what it took.
    record Lost() implements Act {}

    record WasEmpty() implements Act {}

    @Override
    public String name() {
        return "fifo-queue";
    }

    @Override
    public String noun() {
        return "the queue";
    }

    @Override
    public List<Value> initial() {
        return List.of();
    }

    @Override
    public @Nullable Act act(Operation operation) {
        if (operation.outcome() == OpType.FAIL) return null;
        return switch (operation.function()) {
            case "enqueue" -> new Enqueue(operation.invocation().value());
            case "dequeue" -> {
                Op completion = operation.completion();
                if (completion == null || operation.outcome() != OpType.OK) yield new Lost();
                yield completion.value().equals(Value.NIL) ? new WasEmpty() : new Dequeue(completion.value());
            }
            default -> throw ModelMismatchException.unknown(operation.invocation(), name(), "enqueue and dequeue");
        };
    }

    @Override
    public @Nullable List<Value> next(List<Value> state, Act act) {
        return switch (act) {
            case Enqueue(Value value) -> {
                List<Value> longer = new ArrayList<>(state);
                longer.add(value);
                yield List.copyOf(longer);
            }
            case Dequeue(Value value) -> !state.isEmpty() && state.getFirst().equals(value) ? List.copyOf(state.subList(1, state.size())) : null;
            case Lost() -> state.isEmpty() ? null : List.copyOf(state.subList(1, state.size()));
            case WasEmpty() -> state.isEmpty() ? state : null;
        };
    }

    @Override
    public boolean pure(Act act) {
        return act instanceof WasEmpty;
    }

    /// A queue without an element that nobody takes is as good to all who take others, but not to who takes whatever is first.
    @Override
    public boolean sees(Act seer, Act act) {
        return switch (act) {
            case Enqueue(Value value) -> seer instanceof Lost || seer.equals(new Dequeue(value));
            case Dequeue _, Lost _ -> !(seer instanceof Enqueue);
            case WasEmpty _ -> false;
        };
    }

    @Override
    public boolean erases(Act act) {
        return false;
    }

    @Override
    public boolean recurs() {
        return false;
    }

    @Override
    public String show(List<Value> state) {
        return Shown.values(state);
    }

    @Override
    public String tell(Act act) {
        return switch (act) {
            case Enqueue(Value value) -> "this enqueue of " + Shown.value(value) + " was acknowledged";
            case Dequeue(Value value) -> "this dequeue returned " + Shown.value(value);
            case Lost() -> "this dequeue may have taken something";
            case WasEmpty() -> "this dequeue found nothing";
        };
    }
}
