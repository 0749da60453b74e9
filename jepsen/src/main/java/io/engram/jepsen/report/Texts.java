package io.engram.jepsen.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.LinkedHashMap;
import java.util.Map;

/// Texts that many operations share, each kept once and cut to a length. When they become too many, new ones are cut shorter, so
/// that a page stays of a size that can be mailed: the whole values stand in the history.
final class Texts {
    private static final int SHORT = 12;

    private final int longest;
    private final int characters;
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private long used;
    private boolean cut;

    /// @param longest characters of one text
    /// @param characters of all of them, until they are cut shorter
    Texts(int longest, int characters) {
        this.longest = longest;
        this.characters = characters;
    }

    /// Its place from 1; 0 stands for none.
    int place(String text) {
        int length = used > characters ? SHORT : longest;
        String kept = Shown.cut(text, length);
        cut |= kept.length() != text.length();
        Integer known = places.get(kept);
        if (known != null) return known;
        places.put(kept, places.size() + 1);
        used += kept.length();
        return places.size();
    }

    boolean cut() {
        return cut;
    }

    ArrayNode json() {
        ArrayNode node = JsonNodeFactory.instance.arrayNode(places.size());
        places.keySet().forEach(node::add);
        return node;
    }
}
