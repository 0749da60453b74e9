package io.engram.jepsen.history.format;

import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Bool;
import io.engram.jepsen.history.Value.Fields;
import io.engram.jepsen.history.Value.Items;
import io.engram.jepsen.history.Value.Nil;
import io.engram.jepsen.history.Value.Real;
import io.engram.jepsen.history.Value.Text;
import io.engram.jepsen.history.Value.Whole;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import us.bpsm.edn.Keyword;
import us.bpsm.edn.Symbol;
import us.bpsm.edn.TaggedValue;

/// Values as EDN, there and back. A tag is dropped and its value kept.
final class EdnValues {
    private static final Pattern KEYWORD = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

    private EdnValues() {}

    /// @throws IllegalArgumentException a number beyond 64 bits
    static Value read(@Nullable Object edn) {
        return switch (edn) {
            case null -> Value.NIL;
            case Boolean b -> Value.of(b.booleanValue());
            case Long n -> Value.of(n.longValue());
            case Integer n -> Value.of(n.longValue());
            case BigInteger n when n.bitLength() < Long.SIZE -> Value.of(n.longValue());
            case BigInteger n -> throw new IllegalArgumentException("whole numbers must fit 64 bits, was " + n);
            case Double d -> new Real(d);
            case BigDecimal d -> new Real(d.doubleValue());
            case Keyword k -> Value.of(name(k.getPrefix(), k.getName()));
            case Symbol s -> Value.of(name(s.getPrefix(), s.getName()));
            case TaggedValue t -> read(t.getValue());
            case Map<?, ?> map -> {
                Map<String, Value> fields = new LinkedHashMap<>();
                map.forEach((k, v) -> fields.put(word(read(k)), read(v)));
                yield new Fields(fields);
            }
            case Collection<?> items -> {
                List<Value> values = new ArrayList<>(items.size());
                items.forEach(v -> values.add(read(v)));
                yield new Items(values);
            }
            default -> Value.of(edn.toString());
        };
    }

    /// As a key or an error is shown: text as it is, anything else as EDN.
    static String word(Value value) {
        if (value instanceof Text text) return text.value();
        StringBuilder edn = new StringBuilder();
        write(value, edn);
        return edn.toString();
    }

    /// Appends the value; what a map's fields are called become keywords where they can be.
    static void write(Value value, StringBuilder to) {
        switch (value) {
            case Nil _ -> to.append("nil");
            case Bool b -> to.append(b.value());
            case Whole w -> to.append(w.value());
            case Real r -> to.append(r.value());
            case Text t -> quote(t.value(), to);
            case Items i -> {
                String gap = "[";
                for (Value v : i.values()) {
                    write(v, to.append(gap));
                    gap = " ";
                }
                to.append(i.values().isEmpty() ? "[]" : "]");
            }
            case Fields f -> {
                String gap = "{";
                for (Map.Entry<String, Value> entry : f.entries().entrySet()) {
                    to.append(gap);
                    if (KEYWORD.matcher(entry.getKey()).matches()) to.append(':').append(entry.getKey());
                    else quote(entry.getKey(), to);
                    write(entry.getValue(), to.append(' '));
                    gap = ", ";
                }
                to.append(f.entries().isEmpty() ? "{}" : "}");
            }
        }
    }

    static void quote(String text, StringBuilder to) {
        to.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"', '\\' -> to.append('\\').append(c);
                case '\n' -> to.append("\\n");
                case '\r' -> to.append("\\r");
                case '\t' -> to.append("\\t");
                default -> to.append(c);
            }
        }
        to.append('"');
    }

    private static String name(String prefix, String name) {
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }
}
