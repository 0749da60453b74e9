package io.engram.jepsen.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The fields of a JSON object in a file. Errors name the file, the field and the rule.
record JsonFields(String file, JsonNode node) {
    private static final ObjectMapper JSON = new ObjectMapper();

    /// @throws BadRunException no JSON object
    static JsonFields read(Path file) throws IOException {
        String name = Objects.requireNonNull(file.getFileName()).toString();
        try {
            JsonNode node = JSON.readTree(Files.readAllBytes(file));
            if (!node.isObject()) throw new BadRunException(name + " must hold one JSON object");
            return new JsonFields(name, node);
        } catch (JsonProcessingException e) {
            throw new BadRunException(name + " must hold one JSON object: " + e.getOriginalMessage(), e);
        }
    }

    static void write(JsonNode node, Path file) throws IOException {
        Files.writeString(file, JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n");
    }

    String text(String field) {
        JsonNode value = node.path(field);
        if (!value.isTextual()) throw bad(field, "a string", value);
        return value.textValue();
    }

    long whole(String field) {
        JsonNode value = node.path(field);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) throw bad(field, "a whole number", value);
        return value.longValue();
    }

    double number(String field) {
        JsonNode value = node.path(field);
        if (!value.isNumber()) throw bad(field, "a number", value);
        return value.doubleValue();
    }

    List<String> texts(String field) {
        JsonNode value = node.path(field);
        List<String> texts = new ArrayList<>();
        if (!value.isArray()) throw bad(field, "an array of strings", value);
        for (JsonNode item : value) {
            if (!item.isTextual()) throw bad(field, "an array of strings", value);
            texts.add(item.textValue());
        }
        return texts;
    }

    /// An object of strings; none if there is no such field.
    Map<String, String> textMap(String field) {
        JsonNode value = node.path(field);
        Map<String, String> texts = new LinkedHashMap<>();
        if (value.isMissingNode()) return texts;
        if (!value.isObject()) throw bad(field, "an object of strings", value);
        value.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
        return texts;
    }

    List<JsonFields> objects(String field) {
        JsonNode value = node.path(field);
        if (!value.isArray()) throw bad(field, "an array of objects", value);
        List<JsonFields> objects = new ArrayList<>();
        for (int i = 0; i < value.size(); i++) {
            if (!value.get(i).isObject()) throw bad(field, "an array of objects", value);
            objects.add(new JsonFields(file + ": " + field + "[" + i + "]", value.get(i)));
        }
        return objects;
    }

    /// An empty object if there is no such field.
    JsonFields object(String field) {
        JsonNode value = node.path(field);
        if (value.isMissingNode()) return new JsonFields(file, JSON.createObjectNode());
        if (!value.isObject()) throw bad(field, "an object", value);
        return new JsonFields(file + ": " + field, value);
    }

    BadRunException bad(String field, String rule, JsonNode value) {
        return new BadRunException(file + ": " + field + " must be " + rule + (value.isMissingNode() ? ", is missing" : ", was " + Shown.cut(value.toString(), 80)));
    }
}
