package io.engram.jepsen.checker.sequence;

import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An item of a stream as a read found it.
///
/// @param shard that the position counts in
/// @param position its place among the others of the shard
record Found(long number, long shard, long position) {
    /// What a read of all streams returned: Fields of session to its items; or the items alone, if the read was of one session.
    ///
    /// @return null if the value is of another form
    static @Nullable Map<String, List<Found>> sessions(@Nullable String key, Value value) {
        Map<String, List<Found>> all = new LinkedHashMap<>();
        switch (value) {
            case Value.Fields fields -> {
                for (var each : fields.entries().entrySet()) {
                    List<Found> items = items(each.getValue());
                    if (items == null) return null;
                    all.put(each.getKey(), items);
                }
            }
            case Value.Items _ -> {
                List<Found> items = items(value);
                if (items == null) return null;
                all.put(key == null ? "" : key, items);
            }
            default -> {
                return null;
            }
        }
        return all;
    }

    /// Items of numbers, in their order; or of [number, shard, position]; or of Fields of these names.
    private static @Nullable List<Found> items(Value value) {
        if (!(value instanceof Value.Items items)) return null;
        List<Found> found = new ArrayList<>();
        for (Value item : items.values()) {
            Found one = switch (item) {
                case Value.Whole number -> new Found(number.value(), 0, found.size());
                case Value.Items parts -> parts.values().size() == 3 ? of(parts.values().get(0), parts.values().get(1), parts.values().get(2)) : null;
                case Value.Fields fields -> of(get(fields, "number"), get(fields, "shard"), get(fields, "position"));
                default -> null;
            };
            if (one == null) return null;
            found.add(one);
        }
        return found;
    }

    private static Value get(Value.Fields fields, String name) {
        return fields.entries().getOrDefault(name, Value.NIL);
    }

    private static @Nullable Found of(Value number, Value shard, Value position) {
        return number instanceof Value.Whole n && shard instanceof Value.Whole s && position instanceof Value.Whole p
                ? new Found(n.value(), s.value(), p.value()) : null;
    }
}
