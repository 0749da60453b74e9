package io.engram.jepsen.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/// Names in order of their first appearance.
final class Names {
    private final Map<String, Integer> places = new LinkedHashMap<>();

    /// From 1; 0 stands for none.
    int place(String name) {
        return places.computeIfAbsent(name, _ -> places.size() + 1);
    }

    Set<String> all() {
        return places.keySet();
    }

    ArrayNode json() {
        ArrayNode node = JsonNodeFactory.instance.arrayNode(places.size());
        places.keySet().forEach(node::add);
        return node;
    }
}
