package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Items;
import io.engram.jepsen.history.Value.Text;
import io.engram.jepsen.history.Value.Whole;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// The objects once more, written without looking at the models: states are plain values.
enum NaiveObject {
    REGISTER("register") {
        @Override
        Call anyInvocation(RandomGenerator random, int process) {
            return random.nextBoolean() ? new Call("read", Value.NIL) : new Call("write", small(random));
        }
    },
    CAS_REGISTER("cas-register") {
        @Override
        Call anyInvocation(RandomGenerator random, int process) {
            return switch (random.nextInt(3)) {
                case 0 -> new Call("read", Value.NIL);
                case 1 -> new Call("write", small(random));
                default -> new Call("cas", Value.items(small(random), small(random)));
            };
        }
    },
    KV("kv") {
        @Override
        Value initial() {
            return Value.of("");
        }

        @Override
        Call anyInvocation(RandomGenerator random, int process) {
            return switch (random.nextInt(4)) {
                case 0 -> new Call("put", letter(random));
                case 1 -> new Call("append", letter(random));
                default -> new Call("get", Value.NIL);
            };
        }

        @Override
        Value anyAnswer(RandomGenerator random, String function, Value argument) {
            return function.equals("get") ? Value.of(random.nextBoolean() ? "" : "a".repeat(random.nextInt(3)) + "b") : argument;
        }
    },
    MUTEX("mutex") {
        @Override
        Value initial() {
            return Value.of(false);
        }

        @Override
        Call anyInvocation(RandomGenerator random, int process) {
            return new Call(random.nextBoolean() ? "acquire" : "release", Value.NIL);
        }

        @Override
        Value anyAnswer(RandomGenerator random, String function, Value argument) {
            return Value.NIL;
        }
    },
    SET("set") {
        @Override
        Value initial() {
            return Value.items();
        }

        @Override
        Call anyInvocation(RandomGenerator random, int process) {
            return switch (random.nextInt(5)) {
                case 0, 1 -> new Call("add", small(random));
                case 2 -> new Call("remove", small(random));
                default -> new Call("read", Value.NIL);
            };
        }

        @Override
        Value anyAnswer(RandomGenerator random, String function, Value argument) {
            if (!function.equals("read")) return argument;
            List<Value> some = new ArrayList<>();
            for (int i = 0; i < 3; i++) if (random.nextBoolean()) some.add(Value.of(i));
            return new Items(some);
        }
    },
    COUNTER("counter") {
        @Override
        Value initial() {
            return Value.of(0);
        }

        @Override
        Call anyInvocation(RandomGenerator random, int process) {
            return random.nextBoolean() ? new Call("read", Value.NIL) : new Call("add", Value.of(random.nextInt(-1, 3)));
        }

        @Override
        Value anyAnswer(RandomGenerator random, String function, Value argument) {
            return function.equals("read") ? Value.of(random.nextInt(-1, 4)) : argument;
        }
    },
    QUEUE("fifo-queue") {
        @Override
        Value initial() {
            return Value.items();
        }

        @Override
        Call anyInvocation(RandomGenerator random, int process) {
            return random.nextBoolean() ? new Call("enqueue", small(random)) : new Call("dequeue", Value.NIL);
        }
    };

    /// What is asked for, or what is answered.
    record Call(String function, Value value) {}

    record Step(Value state, Value answer) {}

    private final String model;

    NaiveObject(String model) {
        this.model = model;
    }

    String model() {
        return model;
    }

    Value initial() {
        return Value.NIL;
    }

    abstract Call anyInvocation(RandomGenerator random, int process);

    Value anyAnswer(RandomGenerator random, String function, Value argument) {
        return function.equals("read") || function.equals("dequeue") ? random.nextInt(6) == 0 ? Value.NIL : small(random) : argument;
    }

    private static Value small(RandomGenerator random) {
        return Value.of(random.nextInt(3));
    }

    private static Value letter(RandomGenerator random) {
        return Value.of(random.nextInt(8) == 0 ? "" : random.nextBoolean() ? "a" : "b");
    }

    /// What the object does when asked; null if it refuses.
    @Nullable Step apply(Object was, String function, Value argument) {
        Value state = (Value) was;
        return switch (function) {
            case "read", "get" -> new Step(state, state);
            case "write", "put" -> new Step(argument, argument);
            case "cas" -> state.equals(items(argument).get(0)) ? new Step(items(argument).get(1), argument) : null;
            case "append" -> new Step(Value.of(((Text) state).value() + ((Text) argument).value()), argument);
            case "acquire" -> state.equals(Value.of(false)) ? new Step(Value.of(true), Value.NIL) : null;
            case "release" -> state.equals(Value.of(true)) ? new Step(Value.of(false), Value.NIL) : null;
            case "add" -> state instanceof Whole(long total) ? new Step(Value.of(total + ((Whole) argument).value()), argument) : new Step(with(state, argument), argument);
            case "remove" -> new Step(new Items(items(state).stream().filter(v -> !v.equals(argument)).toList()), argument);
            case "enqueue" -> {
                List<Value> longer = new ArrayList<>(items(state));
                longer.add(argument);
                yield new Step(new Items(longer), argument);
            }
            case "dequeue" -> {
                List<Value> queue = items(state);
                yield queue.isEmpty() ? new Step(state, Value.NIL) : new Step(new Items(queue.subList(1, queue.size())), queue.getFirst());
            }
            default -> throw new IllegalArgumentException(function);
        };
    }

    private static List<Value> items(Value value) {
        return ((Items) value).values();
    }

    /// Sets are kept sorted, so that equal ones are equal values.
    private static Value with(Value set, Value element) {
        List<Value> all = new ArrayList<>(items(set));
        if (!all.contains(element)) all.add(element);
        all.sort(Comparator.comparing(Value::toString));
        return new Items(all);
    }
}
