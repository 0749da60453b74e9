package io.engram.jepsen.checker.linear;

import io.engram.jepsen.checker.linear.Reading.NilRead;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Whole;
import org.jspecify.annotations.Nullable;

/// A number that begins at 0: `add` n (may be negative), `read`.
final class Counter implements Model<Long, Counter.Act> {
    sealed interface Act {}

    record Add(long amount) implements Act {}

    record Read(long total) implements Act {}

    private final Reading reading;

    Counter(Reading reading) {
        this.reading = reading;
    }

    @Override
    public String name() {
        return "counter";
    }

    @Override
    public String noun() {
        return "the counter";
    }

    @Override
    public Long initial() {
        return 0L;
    }

    @Override
    public @Nullable Act act(Operation operation) {
        if (operation.outcome() == OpType.FAIL) return null;
        return switch (operation.function()) {
            case "add" -> new Add(whole(operation.invocation()));
            case "read" -> {
                Op completion = operation.completion();
                if (completion == null || operation.outcome() != OpType.OK) yield null;
                if (!completion.value().equals(Value.NIL)) yield new Read(whole(completion));
                yield reading.nilRead() == NilRead.UNKNOWN ? null : new Read(0);
            }
            default -> throw ModelMismatchException.unknown(operation.invocation(), name(), "add and read");
        };
    }

    private static long whole(Op op) {
        if (op.value() instanceof Whole(long number)) return number;
        throw new ModelMismatchException(op, "model counter knows whole numbers, not " + Shown.value(op.value()));
    }

    @Override
    public @Nullable Long next(Long total, Act act) {
        return switch (act) {
            case Add(long amount) -> total + amount;
            case Read(long seen) -> total == seen ? total : null;
        };
    }

    @Override
    public boolean pure(Act act) {
        return switch (act) {
            case Add(long amount) -> amount == 0;
            case Read _ -> true;
        };
    }

    @Override
    public boolean sees(Act seer, Act act) {
        return seer instanceof Read;
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
    public String show(Long total) {
        return total.toString();
    }

    @Override
    public String tell(Act act) {
        return switch (act) {
            case Add(long amount) -> "this add of " + amount + " was acknowledged";
            case Read(long total) -> "this read returned " + total;
        };
    }
}
