package io.engram.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.engram.client.Answer;
import io.engram.client.AttributeValue;
import io.engram.client.Link;
import io.engram.client.Memory;
import io.engram.client.Position;
import io.engram.client.Proof;
import io.engram.client.ShardProof;
import io.engram.client.Space;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The JSON that programs get: names as in the protocol, durations in seconds, times in ISO 8601.
final class Json {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private Json() {}

    static ObjectNode object() {
        return NODES.objectNode();
    }

    static ArrayNode array() {
        return NODES.arrayNode();
    }

    static ObjectNode of(Memory memory) {
        ObjectNode node = object();
        node.put("key", memory.key()).put("version", memory.version());
        node.set("position", of(memory.position()));
        if (!memory.text().isEmpty()) node.put("text", memory.text());
        memory.vector().ifPresent(vector -> {
            ArrayNode values = node.putArray("vector");
            for (float value : vector.toArray()) values.add(value);
        });
        node.put("confidence", memory.confidence()).put("adjusted_confidence", memory.adjustedConfidence());
        memory.observedAt().ifPresent(at -> node.put("observed_at", at.toString()));
        if (!memory.attributes().isEmpty()) {
            ObjectNode attributes = node.putObject("attributes");
            for (Map.Entry<String, AttributeValue> attribute : memory.attributes().entrySet()) put(attributes, attribute.getKey(), attribute.getValue());
        }
        if (!memory.links().isEmpty()) {
            ArrayNode links = node.putArray("links");
            for (Link link : memory.links())
                links.addObject().put("key", link.key()).put("relation", link.relation()).put("weight", link.weight());
        }
        node.put("tier", name(memory.tier()));
        return node;
    }

    static ObjectNode of(Position position) {
        return object().put("shard", position.shard()).put("index", position.index());
    }

    static ObjectNode of(Space space) {
        ObjectNode node = object();
        node.put("name", space.name()).put("id", space.id()).put("dimension", space.dimension()).put("similarity", name(space.similarity()));
        node.put("shards", space.shards()).put("revision", space.revision()).put("embeds_text", space.embedsText());
        ObjectNode limits = node.putObject("limits");
        space.limits().sessionIdle().ifPresent(idle -> limits.put("session_idle", seconds(idle)));
        space.limits().maxMemories().ifPresent(most -> limits.put("max_memories", most));
        space.limits().maxSessions().ifPresent(most -> limits.put("max_sessions", most));
        return node;
    }

    /// Adds what is known about an answer's freshness.
    static ObjectNode proven(ObjectNode node, Answer<?> answer) {
        node.set("proof", proof(answer));
        return node;
    }

    static ObjectNode proof(Answer<?> answer) {
        Proof proof = answer.proof();
        ObjectNode shown = object();
        shown.put("node", proof.node());
        seconds(proof.staleness()).ifPresent(s -> shown.put("staleness", s));
        seconds(answer.ageOnArrival()).ifPresent(s -> shown.put("age_on_arrival", s));
        ArrayNode shards = shown.putArray("shards");
        for (ShardProof shard : proof.shards()) {
            ObjectNode one = shards.addObject();
            one.set("applied", of(shard.applied()));
            one.put("role", name(shard.role())).put("freshness", name(shard.freshness())).put("term", shard.term());
            seconds(shard.staleness()).ifPresent(s -> one.put("staleness", s));
        }
        ArrayNode missing = shown.putArray("missing_shards");
        proof.missingShards().forEach(missing::add);
        return shown;
    }

    static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }

    static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static Optional<Double> seconds(Optional<Duration> duration) {
        return duration.map(Json::seconds);
    }

    private static void put(ObjectNode node, String name, AttributeValue value) {
        if (value instanceof AttributeValue.Text text) node.put(name, text.value());
        else if (value instanceof AttributeValue.Whole whole) node.put(name, whole.value());
        else if (value instanceof AttributeValue.Real real) node.put(name, real.value());
        else node.put(name, ((AttributeValue.Truth) value).value());
    }
}
