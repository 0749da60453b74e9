package io.engram.jepsen.checker.linear;

import java.util.List;

/// The models by name.
public final class Models {
    /// Every name that [#named] knows.
    public static final List<String> NAMES = List.of("register", "cas-register", "kv", "mutex", "set", "counter", "fifo-queue");

    private Models() {}

    /// @throws IllegalArgumentException no such model; names those that are
    public static Model<?, ?> named(String name, Reading reading) {
        return switch (name) {
            case "register" -> new Register(false, reading);
            case "cas-register" -> new Register(true, reading);
            case "kv" -> new TextStore();
            case "mutex" -> new Mutex();
            case "set" -> new Elements(reading);
            case "counter" -> new Counter(reading);
            case "fifo-queue" -> new Queue();
            default -> throw new IllegalArgumentException("model must be one of " + String.join(", ", NAMES) + ", was '" + name + "'");
        };
    }
}
