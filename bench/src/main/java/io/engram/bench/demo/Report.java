package io.engram.bench.demo;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/// The table at the end. For one thread.
final class Report {
    private final Map<String, String> rows = new LinkedHashMap<>();

    void add(String what, String value) {
        rows.put(what, value);
    }

    void print(Stage stage) {
        int width = rows.keySet().stream().mapToInt(String::length).max().orElse(0);
        rows.forEach((what, value) -> stage.say(what + " ".repeat(width - what.length()) + "  " + value));
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }

    static String millis(Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / 1e6);
    }
}
