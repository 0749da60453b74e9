package io.engram.jepsen.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/// Columns of whole numbers, each packed into seven bits a byte, lowest first, as base64: most numbers of a run are small, and
/// the page can read this without asking for anything newer than `atob`.
final class Columns {
    private final Map<String, ByteArrayOutputStream> columns = new LinkedHashMap<>();

    /// @param value 0 and up, below 2^53: the page counts in doubles
    void add(String column, long value) {
        if (value < 0 || value >= 1L << 53) throw new IllegalArgumentException(column + " must be 0 to 2^53, was " + value);
        ByteArrayOutputStream bytes = columns.computeIfAbsent(column, _ -> new ByteArrayOutputStream());
        long rest = value;
        while (rest > 127) {
            bytes.write((int) (rest & 127) | 128);
            rest >>>= 7;
        }
        bytes.write((int) rest);
    }

    /// Makes sure that the columns are there, even if nothing was added.
    void declare(Iterable<String> names) {
        for (String name : names) columns.computeIfAbsent(name, _ -> new ByteArrayOutputStream());
    }

    ObjectNode json() {
        ObjectNode node = JsonNodeFactory.instance.objectNode();
        columns.forEach((name, bytes) -> node.put(name, Base64.getEncoder().encodeToString(bytes.toByteArray())));
        return node;
    }
}
