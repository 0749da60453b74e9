package io.engram.jepsen.checker;

import io.engram.jepsen.history.Value;
import java.util.Map;

/// Reads figures out of findings: `at(finding, "byNode", "n1", "proven", "maxMillis")`.
public final class Figures {
    private Figures() {}

    public static Value at(Finding finding, String... path) {
        Value value = new Value.Fields(finding.figures());
        for (String name : path) {
            Map<String, Value> entries = value instanceof Value.Fields fields ? fields.entries() : Map.of();
            value = entries.get(name);
            if (value == null) throw new AssertionError("no " + name + " in " + entries.keySet());
        }
        return value;
    }

    public static long whole(Finding finding, String... path) {
        return at(finding, path) instanceof Value.Whole whole ? whole.value() : fail(finding, path);
    }

    public static double real(Finding finding, String... path) {
        return at(finding, path) instanceof Value.Real real ? real.value() : (double) fail(finding, path);
    }

    /// The n-th row of a list of tables.
    public static Value row(Finding finding, String name, int n, String field) {
        if (at(finding, name) instanceof Value.Items items && items.values().get(n) instanceof Value.Fields fields) {
            Value value = fields.entries().get(field);
            if (value != null) return value;
        }
        throw new AssertionError("no " + field + " in row " + n + " of " + name + ": " + at(finding, name));
    }

    private static long fail(Finding finding, String... path) {
        throw new AssertionError(String.join(".", path) + " is " + at(finding, path));
    }
}
