package io.engram.jepsen.checker.linear;

import io.engram.jepsen.checker.linear.Reading.NilRead;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Items;
import java.util.HashSet;
import org.jspecify.annotations.Nullable;
import org.pcollections.HashTreePSet;
import org.pcollections.PSet;

/// A set that is empty at first: `add` v, `remove` v (also of what is not there), `read` → all elements.
final class Elements implements Model<PSet<Value>, Elements.Act> {
    sealed interface Act {}

    record Add(Value element) implements Act {}

    record Remove(Value element) implements Act {}

    record Read(PSet<Value> elements) implements Act {}

    private final Reading reading;

    Elements(Reading reading) {
        this.reading = reading;
    }

    @Override
    public String name() {
        return "set";
    }

    @Override
    public String noun() {
        return "the set";
    }

    @Override
    public PSet<Value> initial() {
        return HashTreePSet.empty();
    }

    @Override
    public @Nullable Act act(Operation operation) {
        return switch (operation.function()) {
            case "add" -> operation.outcome() == OpType.FAIL ? null : new Add(operation.invocation().value());
            case "remove" -> operation.outcome() == OpType.FAIL ? null : new Remove(operation.invocation().value());
            case "read" -> read(operation);
            default -> throw ModelMismatchException.unknown(operation.invocation(), name(), "add, remove and read");
        };
    }

    private @Nullable Act read(Operation operation) {
        if (operation.completion() == null || operation.outcome() != OpType.OK) return null;
        Value value = operation.completion().value();
        if (value.equals(Value.NIL)) return reading.nilRead() == NilRead.UNKNOWN ? null : new Read(HashTreePSet.empty());
        if (!(value instanceof Items items))
            throw new ModelMismatchException(operation.completion(), "a read of a set must return its elements, was " + Shown.value(value));
        if (new HashSet<>(items.values()).size() < items.values().size())
            throw new ModelMismatchException(operation.completion(), "a read of a set must return each element once, was " + Shown.value(value));
        return new Read(HashTreePSet.from(items.values()));
    }

    @Override
    public @Nullable PSet<Value> next(PSet<Value> state, Act act) {
        return switch (act) {
            case Add(Value element) -> state.plus(element);
            case Remove(Value element) -> state.minus(element);
            case Read(PSet<Value> elements) -> state.equals(elements) ? state : null;
        };
    }

    @Override
    public boolean pure(Act act) {
        return act instanceof Read;
    }

    @Override
    public boolean sees(Act seer, Act act) {
        if (!(seer instanceof Read(PSet<Value> elements))) return false;
        return switch (act) {
            case Add(Value element) -> elements.contains(element);
            case Remove(Value element) -> !elements.contains(element);
            case Read _ -> false;
        };
    }

    @Override
    public boolean erases(Act act) {
        return false;
    }

    @Override
    public boolean recurs() {
        return true;
    }

    @Override
    public String show(PSet<Value> state) {
        return Shown.values(state);
    }

    @Override
    public String tell(Act act) {
        return switch (act) {
            case Add(Value element) -> "this add of " + Shown.value(element) + " was acknowledged";
            case Remove(Value element) -> "this remove of " + Shown.value(element) + " was acknowledged";
            case Read(PSet<Value> elements) -> "this read returned " + Shown.values(elements);
        };
    }
}
