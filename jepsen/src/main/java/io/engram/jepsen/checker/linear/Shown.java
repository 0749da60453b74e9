package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Bool;
import io.engram.jepsen.history.Value.Fields;
import io.engram.jepsen.history.Value.Items;
import io.engram.jepsen.history.Value.Nil;
import io.engram.jepsen.history.Value.Real;
import io.engram.jepsen.history.Value.Text;
import io.engram.jepsen.history.Value.Whole;
import java.util.Collection;
import java.util.stream.Collectors;

/// Values as sentences show them: short, for people.
final class Shown {
    private static final int LONGEST = 60;
    private static final int MOST = 12;

    private Shown() {}

    static String value(Value value) {
        return switch (value) {
            case Nil _ -> "nil";
            case Bool b -> Boolean.toString(b.value());
            case Whole w -> Long.toString(w.value());
            case Real r -> Double.toString(r.value());
            case Text t -> text(t.value());
            case Items i -> values(i.values());
            case Fields f ->
                f.entries().entrySet().stream()
                        .limit(MOST)
                        .map(e -> e.getKey() + ": " + value(e.getValue()))
                        .collect(Collectors.joining(", ", "{", f.entries().size() > MOST ? ", ...}" : "}"));
        };
    }

    static String values(Collection<Value> values) {
        return values.stream().limit(MOST).map(Shown::value).collect(Collectors.joining(" ", "[", values.size() > MOST ? " ... " + values.size() + " in all]" : "]"));
    }

    /// Both ends of a long text: what was added last matters as much as what came first.
    static String text(String text) {
        if (text.length() <= LONGEST) return "\"" + text + "\"";
        return "\"" + text.substring(0, LONGEST / 3) + " ... " + text.substring(text.length() - LONGEST / 2) + "\" (" + text.length() + " characters)";
    }
}
