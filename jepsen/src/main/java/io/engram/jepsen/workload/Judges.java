package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import java.time.Duration;
import java.util.List;

/// Which checkers judge which workload.
final class Judges {
    private Judges() {}

    static List<Checker> register() {
        return List.of();
    }

    static List<Checker> set() {
        return List.of();
    }

    static List<Checker> sessionStream() {
        return List.of();
    }

    static List<Checker> boundedStaleness(Duration delta) {
        return List.of();
    }

    static List<Checker> monotonic() {
        return List.of();
    }

    static List<Checker> recall() {
        return List.of();
    }

    static List<Checker> spaces() {
        return List.of();
    }
}
