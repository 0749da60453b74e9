package io.engram.jepsen.history.format;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.Value.Bool;
import io.engram.jepsen.history.Value.Fields;
import io.engram.jepsen.history.Value.Items;
import io.engram.jepsen.history.Value.Nil;
import io.engram.jepsen.history.Value.Real;
import io.engram.jepsen.history.Value.Text;
import io.engram.jepsen.history.Value.Whole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Values as JSON, there and back.
public final class JsonValues {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private JsonValues() {}

    public static JsonNode write(Value value) {
        return switch (value) {
            case Nil _ -> NODES.nullNode();
            case Bool b -> NODES.booleanNode(b.value());
            case Whole w -> NODES.numberNode(w.value());
            case Real r -> NODES.numberNode(r.value());
            case Text t -> NODES.textNode(t.value());
            case Items i -> {
                ArrayNode array = NODES.arrayNode(i.values().size());
                i.values().forEach(v -> array.add(write(v)));
                yield array;
            }
            case Fields f -> {
                ObjectNode object = NODES.objectNode();
                f.entries().forEach((k, v) -> object.set(k, write(v)));
                yield object;
            }
        };
    }

    /// @throws IllegalArgumentException a whole number beyond 64 bits
    public static Value read(JsonNode node) {
        return switch (node.getNodeType()) {
            case NULL, MISSING -> Value.NIL;
            case BOOLEAN -> Value.of(node.booleanValue());
            case STRING -> Value.of(node.textValue());
            case NUMBER -> number(node);
            case ARRAY -> {
                List<Value> items = new ArrayList<>(node.size());
                node.forEach(n -> items.add(read(n)));
                yield new Items(items);
            }
            case OBJECT -> {
                Map<String, Value> fields = new LinkedHashMap<>();
                node.properties().forEach(e -> fields.put(e.getKey(), read(e.getValue())));
                yield new Fields(fields);
            }
            case BINARY, POJO -> throw new IllegalArgumentException("no JSON value: " + node);
        };
    }

    private static Value number(JsonNode node) {
        if (!node.isIntegralNumber()) return new Real(node.doubleValue());
        if (!node.canConvertToLong()) throw new IllegalArgumentException("whole numbers must fit 64 bits, was " + node);
        return Value.of(node.longValue());
    }
}
