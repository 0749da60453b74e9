package io.engram.client;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a client sends to be remembered. Limits are the node's to enforce; it names the field that breaks one.
///
/// ```java
/// Observation.of("the kettle is in the kitchen");
/// Observation.builder("cups are in the left cupboard").key("cups").confidence(0.8).attribute("room", "kitchen").build();
/// ```
///
/// @param key name of the memory; empty: the node makes one, the same one however often this is sent
/// @param text at most 64 KiB of UTF-8
/// @param vector empty: the node embeds the text, if the space allows it
/// @param confidence 0..1; empty: 1
/// @param observedAt by the writer's clock; orders nothing; empty: the node's clock
/// @param attributes at most 64
/// @param links at most 256
public record Observation(
        Optional<String> key,
        String text,
        Optional<Vector> vector,
        OptionalDouble confidence,
        Optional<Instant> observedAt,
        SortedMap<String, AttributeValue> attributes,
        List<Link> links) {
    public Observation {
        // Sorted, so that the same observation always has the same bytes: nodes compare retries with the first request.
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        links = List.copyOf(links);
    }

    public static Observation of(String text) {
        return builder(text).build();
    }

    public static Builder builder(String text) {
        return new Builder(text);
    }

    /// A builder that starts from this observation.
    public Builder toBuilder() {
        Builder builder = new Builder(text);
        builder.key = key;
        builder.vector = vector;
        builder.confidence = confidence;
        builder.observedAt = observedAt;
        builder.attributes.putAll(attributes);
        builder.links.addAll(links);
        return builder;
    }

    /// For one thread.
    public static final class Builder {
        private final String text;
        private Optional<String> key = Optional.empty();
        private Optional<Vector> vector = Optional.empty();
        private OptionalDouble confidence = OptionalDouble.empty();
        private Optional<Instant> observedAt = Optional.empty();
        private final TreeMap<String, AttributeValue> attributes = new TreeMap<>();
        private final List<Link> links = new ArrayList<>();

        private Builder(String text) {
            this.text = text;
        }

        public Builder key(String key) {
            this.key = Optional.of(key);
            return this;
        }

        public Builder vector(float... vector) {
            return vector(Vector.of(vector));
        }

        public Builder vector(Vector vector) {
            this.vector = Optional.of(vector);
            return this;
        }

        public Builder confidence(double confidence) {
            this.confidence = OptionalDouble.of(confidence);
            return this;
        }

        public Builder observedAt(Instant observedAt) {
            this.observedAt = Optional.of(observedAt);
            return this;
        }

        public Builder attribute(String name, AttributeValue value) {
            attributes.put(name, value);
            return this;
        }

        public Builder attribute(String name, String value) {
            return attribute(name, AttributeValue.of(value));
        }

        public Builder attribute(String name, long value) {
            return attribute(name, AttributeValue.of(value));
        }

        public Builder attribute(String name, double value) {
            return attribute(name, AttributeValue.of(value));
        }

        public Builder attribute(String name, boolean value) {
            return attribute(name, AttributeValue.of(value));
        }

        public Builder link(Link link) {
            links.add(link);
            return this;
        }

        public Observation build() {
            return new Observation(key, text, vector, confidence, observedAt, attributes, links);
        }
    }
}
