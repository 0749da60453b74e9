package io.engram.client.reading;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.engram.client.AttributeValue;
import io.engram.client.Link;
import io.engram.client.Observation;
import java.time.Instant;
import java.time.format.DateTimeParseException;

/// One observation as a JSON object. Known members: `key`, `text`, `vector` (numbers), `confidence`, `observed_at` (ISO 8601), `attributes`
/// (object of strings, numbers, booleans), `links` (objects with `key`, `relation`, `weight`). Other members that hold a string, number
/// or boolean become attributes.
final class JsonLine {
    private static final ObjectMapper JSON = new ObjectMapper();

    private JsonLine() {}

    /// @throws IllegalArgumentException naming the member and the rule
    static Observation parse(String line) {
        JsonNode object;
        try {
            object = JSON.readTree(line);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("not JSON: " + e.getOriginalMessage(), e);
        }
        if (object == null || !object.isObject()) throw new IllegalArgumentException("must be a JSON object");
        Observation.Builder observation = Observation.builder(string(object, "text"));
        if (object.hasNonNull("key")) observation.key(string(object, "key"));
        object.properties().forEach(member -> {
            String name = member.getKey();
            JsonNode value = member.getValue();
            switch (name) {
                case "text", "key" -> { }
                case "vector" -> observation.vector(vector(value));
                case "confidence" -> observation.confidence(number(value, name));
                case "observed_at" -> observation.observedAt(instant(value));
                case "attributes" -> {
                    if (!value.isObject()) throw new IllegalArgumentException("attributes must be an object");
                    value.properties().forEach(a -> observation.attribute(a.getKey(), attribute(a.getValue(), "attributes." + a.getKey())));
                }
                case "links" -> {
                    if (!value.isArray()) throw new IllegalArgumentException("links must be an array");
                    for (JsonNode link : value) observation.link(link(link));
                }
                default -> {
                    if (value.isValueNode() && !value.isNull()) observation.attribute(name, attribute(value, name));
                }
            }
        });
        return observation.build();
    }

    private static String string(JsonNode object, String name) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) return "";
        if (!value.isTextual()) throw new IllegalArgumentException(name + " must be a string");
        return value.textValue();
    }

    private static double number(JsonNode value, String name) {
        if (!value.isNumber()) throw new IllegalArgumentException(name + " must be a number");
        return value.doubleValue();
    }

    private static float[] vector(JsonNode value) {
        if (!value.isArray()) throw new IllegalArgumentException("vector must be an array of numbers");
        float[] vector = new float[value.size()];
        for (int i = 0; i < vector.length; i++) vector[i] = (float) number(value.get(i), "vector[" + i + "]");
        return vector;
    }

    private static Instant instant(JsonNode value) {
        try {
            return Instant.parse(value.asText());
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException("observed_at must be a time like 2026-01-31T12:00:00Z, was " + value, e);
        }
    }

    private static AttributeValue attribute(JsonNode value, String name) {
        if (value.isTextual()) return AttributeValue.of(value.textValue());
        if (value.isBoolean()) return AttributeValue.of(value.booleanValue());
        if (value.isIntegralNumber() && value.canConvertToLong()) return AttributeValue.of(value.longValue());
        if (value.isNumber()) return AttributeValue.of(value.doubleValue());
        throw new IllegalArgumentException(name + " must be a string, a number or a boolean");
    }

    private static Link link(JsonNode value) {
        if (!value.isObject() || !value.hasNonNull("key")) throw new IllegalArgumentException("a link must be an object with a key");
        String relation = string(value, "relation");
        double weight = value.hasNonNull("weight") ? number(value.get("weight"), "links.weight") : 1;
        return new Link(string(value, "key"), relation.isEmpty() ? "related" : relation, weight);
    }
}
