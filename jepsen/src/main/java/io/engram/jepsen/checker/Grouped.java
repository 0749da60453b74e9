package io.engram.jepsen.checker;

import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The operations on each of many independent objects.
public final class Grouped {
    private Grouped() {}

    /// Each key's operations in order of invocation, keys in order of their first one. Those without a key are of the key "".
    public static Map<String, List<Operation>> byKey(List<Operation> operations) {
        Map<String, List<Operation>> all = new LinkedHashMap<>();
        for (Operation operation : operations) {
            String key = operation.key();
            all.computeIfAbsent(key == null ? "" : key, _ -> new ArrayList<>()).add(operation);
        }
        return all;
    }
}
