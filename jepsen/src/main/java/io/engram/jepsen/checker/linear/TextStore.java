package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Nil;
import io.engram.jepsen.history.Value.Text;
import org.jspecify.annotations.Nullable;

/// One key of a store of texts: `get`, `put`, `append`. A key that was never put is the empty text, and so is a get of nil.
final class TextStore implements Model<String, TextStore.Act> {
    sealed interface Act {}

    record Get(String text) implements Act {}

    record Put(String text) implements Act {}

    record Append(String text) implements Act {}

    @Override
    public String name() {
        return "kv";
    }

    @Override
    public String noun() {
        return "the text";
    }

    @Override
    public String initial() {
        return "";
    }

    @Override
    public @Nullable Act act(Operation operation) {
        Op invocation = operation.invocation();
        if (operation.outcome() == OpType.FAIL) return null;
        return switch (operation.function()) {
            case "get", "read" -> operation.completion() == null || operation.outcome() != OpType.OK ? null : new Get(text(operation.completion()));
            case "put", "write" -> new Put(text(invocation));
            case "append" -> new Append(text(invocation));
            default -> throw ModelMismatchException.unknown(invocation, name(), "get, put and append (read, write)");
        };
    }

    private static String text(Op op) {
        return switch (op.value()) {
            case Text t -> t.value();
            case Nil _ -> "";
            case Value other -> throw new ModelMismatchException(op, "model kv knows texts, not " + Shown.value(other));
        };
    }

    @Override
    public @Nullable String next(String state, Act act) {
        return switch (act) {
            case Get(String text) -> state.equals(text) ? state : null;
            case Put(String text) -> text;
            case Append(String text) -> state.concat(text);
        };
    }

    @Override
    public boolean pure(Act act) {
        return switch (act) {
            case Get _ -> true;
            case Put _ -> false;
            case Append(String text) -> text.isEmpty();
        };
    }

    @Override
    public boolean sees(Act seer, Act act) {
        return seer instanceof Get;
    }

    @Override
    public boolean erases(Act act) {
        return act instanceof Put;
    }

    @Override
    public boolean recurs() {
        return false;
    }

    @Override
    public String show(String state) {
        return Shown.text(state);
    }

    @Override
    public String tell(Act act) {
        return switch (act) {
            case Get(String text) -> "this get returned " + Shown.text(text);
            case Put(String text) -> "this put of " + Shown.text(text) + " was acknowledged";
            case Append(String text) -> "this append of " + Shown.text(text) + " was acknowledged";
        };
    }
}
