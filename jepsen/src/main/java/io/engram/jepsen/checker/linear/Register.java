package io.engram.jepsen.checker.linear;

import io.engram.jepsen.checker.linear.Reading.FailedCas;
import io.engram.jepsen.checker.linear.Reading.NilRead;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Items;
import org.jspecify.annotations.Nullable;

/// A register: `read` (or get), `write` (or put), and with compare-and-set `cas` [from to].
final class Register implements Model<Value, Register.Act> {
    sealed interface Act {}

    record Read(Value value) implements Act {}

    record Write(Value value) implements Act {}

    record Cas(Value from, Value to) implements Act {}

    /// A compare-and-set that failed because the state was another.
    record Differed(Value from) implements Act {}

    private final boolean compareAndSet;
    private final Reading reading;

    Register(boolean compareAndSet, Reading reading) {
        this.compareAndSet = compareAndSet;
        this.reading = reading;
    }

    @Override
    public String name() {
        return compareAndSet ? "cas-register" : "register";
    }

    @Override
    public String noun() {
        return "the register";
    }

    @Override
    public Value initial() {
        return reading.initial();
    }

    @Override
    public @Nullable Act act(Operation operation) {
        return switch (operation.function()) {
            case "read", "get" -> read(operation);
            case "write", "put" -> operation.outcome() == OpType.FAIL ? null : new Write(operation.invocation().value());
            case "cas" -> {
                if (!compareAndSet) throw ModelMismatchException.unknown(operation.invocation(), name(), "read and write (get, put)");
                yield cas(operation);
            }
            default ->
                throw ModelMismatchException.unknown(
                        operation.invocation(), name(), compareAndSet ? "read, write (get, put) and cas" : "read and write (get, put)");
        };
    }

    private @Nullable Act read(Operation operation) {
        if (operation.completion() == null || operation.outcome() != OpType.OK) return null;
        Value value = operation.completion().value();
        return value.equals(Value.NIL) && reading.nilRead() == NilRead.UNKNOWN ? null : new Read(value);
    }

    private @Nullable Act cas(Operation operation) {
        if (!(operation.invocation().value() instanceof Items pair) || pair.values().size() != 2)
            throw new ModelMismatchException(
                    operation.invocation(), "cas must carry [from to], was " + Shown.value(operation.invocation().value()));
        Value from = pair.values().get(0);
        if (operation.outcome() != OpType.FAIL) return new Cas(from, pair.values().get(1));
        return reading.failedCas() == FailedCas.ASSERTS ? new Differed(from) : null;
    }

    @Override
    public @Nullable Value next(Value state, Act act) {
        return switch (act) {
            case Read(Value value) -> state.equals(value) ? state : null;
            case Write(Value value) -> value;
            case Cas(Value from, Value to) -> state.equals(from) ? to : null;
            case Differed(Value from) -> state.equals(from) ? null : state;
        };
    }

    @Override
    public boolean pure(Act act) {
        return switch (act) {
            case Read _, Differed _ -> true;
            case Write _ -> false;
            case Cas(Value from, Value to) -> from.equals(to);
        };
    }

    /// Without the act the register stays what it was: that shows only to who needs the value that it left, or needs that the register is *not* something.
    @Override
    public boolean sees(Act seer, Act act) {
        return switch (act) {
            case Read _, Differed _ -> false;
            case Write(Value value) -> needs(seer, value);
            case Cas(Value _, Value to) -> needs(seer, to);
        };
    }

    private static boolean needs(Act act, Value value) {
        return switch (act) {
            case Read(Value seen) -> seen.equals(value);
            case Write _ -> false;
            case Cas(Value from, Value _) -> from.equals(value);
            case Differed(Value from) -> !from.equals(value);
        };
    }

    @Override
    public boolean erases(Act act) {
        return act instanceof Write;
    }

    @Override
    public boolean recurs() {
        return true;
    }

    @Override
    public String show(Value state) {
        return Shown.value(state);
    }

    @Override
    public String tell(Act act) {
        return switch (act) {
            case Read(Value value) -> "this read returned " + Shown.value(value);
            case Write(Value value) -> "this write of " + Shown.value(value) + " was acknowledged";
            case Cas(Value from, Value to) -> "this compare-and-set from " + Shown.value(from) + " to " + Shown.value(to) + " succeeded";
            case Differed(Value from) -> "this compare-and-set from " + Shown.value(from) + " failed";
        };
    }
}
