package io.engram.grid.memory;

import com.google.protobuf.ByteString;
import io.engram.grid.log.ShardId;
import io.engram.grid.wire.Attribute;
import io.engram.grid.wire.SpaceDescriptor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Domain records as they stand in the log, and back. The same record always has the same bytes: what is unordered is sorted.
///
/// The `from` methods throw [IllegalArgumentException], naming the field and the rule, for what is no such record.
public final class WireFormat {
    private WireFormat() {}

    public static io.engram.grid.wire.Observation of(Observation observation) {
        var wire = io.engram.grid.wire.Observation.newBuilder()
                .setKey(observation.key().value())
                .setText(observation.text())
                .setConfidence(observation.confidence())
                .setObservedAtMs(observation.observedAt().toEpochMilli());
        observation.vector().ifPresent(vector -> wire.setVector(ByteString.copyFrom(vector.toBytes())));
        observation.attributes().forEach((name, value) -> wire.addAttributes(of(name, value)));
        for (Link link : observation.links()) wire.addLinks(of(link));
        return wire.build();
    }

    public static Observation from(io.engram.grid.wire.Observation wire) {
        SortedMap<String, AttributeValue> attributes = new TreeMap<>();
        for (Attribute attribute : wire.getAttributesList()) attributes.put(attribute.getName(), from(attribute));
        List<Link> links = new ArrayList<>(wire.getLinksCount());
        for (io.engram.grid.wire.Link link : wire.getLinksList()) links.add(from(link));
        return new Observation(
                field("key", () -> new MemoryKey(wire.getKey())), wire.getText(),
                wire.getVector().isEmpty()
                        ? Optional.empty()
                        : Optional.of(field("vector", () -> Embedding.ofBytes(wire.getVector().toByteArray()))),
                wire.getConfidence(), Instant.ofEpochMilli(wire.getObservedAtMs()), attributes, links);
    }

    public static Attribute of(String name, AttributeValue value) {
        Attribute.Builder wire = Attribute.newBuilder().setName(name);
        return switch (value) {
            case AttributeValue.Text text -> wire.setStringValue(text.value()).build();
            case AttributeValue.Whole whole -> wire.setIntValue(whole.value()).build();
            case AttributeValue.Real real -> wire.setDoubleValue(real.value()).build();
            case AttributeValue.Flag flag -> wire.setBoolValue(flag.value()).build();
        };
    }

    public static AttributeValue from(Attribute wire) {
        return switch (wire.getValueCase()) {
            case STRING_VALUE -> new AttributeValue.Text(wire.getStringValue());
            case INT_VALUE -> new AttributeValue.Whole(wire.getIntValue());
            case DOUBLE_VALUE -> new AttributeValue.Real(wire.getDoubleValue());
            case BOOL_VALUE -> new AttributeValue.Flag(wire.getBoolValue());
            case VALUE_NOT_SET -> throw new IllegalArgumentException("attribute " + wire.getName() + " must have a value");
        };
    }

    public static io.engram.grid.wire.Link of(Link link) {
        return io.engram.grid.wire.Link.newBuilder()
                .setKey(link.key().value())
                .setRelation(link.relation())
                .setWeight(link.weight())
                .build();
    }

    public static Link from(io.engram.grid.wire.Link wire) {
        return new Link(field("links.key", () -> new MemoryKey(wire.getKey())), wire.getRelation(), wire.getWeight());
    }

    public static SpaceDescriptor of(Space space) {
        SpaceDescriptor.Builder wire = SpaceDescriptor.newBuilder()
                .setId(space.id().value())
                .setName(space.name().value())
                .setDimension(space.dimension())
                .setSimilarity(number(space.similarity()))
                .setSessionIdleMs(space.limits().sessionIdle().toMillis())
                .setMaxMemories(space.limits().maxMemories())
                .setMaxSessions(space.limits().maxSessions())
                .setCreatedAtMs(space.createdAt().toEpochMilli())
                .setRevision(space.revision());
        for (ShardId shard : space.shards()) wire.addShards(shard.value());
        return wire.build();
    }

    public static Space from(SpaceDescriptor wire) {
        if (wire.getDimension() < 1 || wire.getDimension() > 4096)
            throw new IllegalArgumentException("dimension must be 1..4096, was " + wire.getDimension());
        List<ShardId> shards = wire.getShardsList().stream().map(ShardId::new).toList();
        if (shards.isEmpty() || shards.stream().distinct().count() != shards.size())
            throw new IllegalArgumentException("shards must be at least one, each once, were " + shards);
        if (wire.getSessionIdleMs() <= 0)
            throw new IllegalArgumentException("session_idle_ms must be > 0, was " + wire.getSessionIdleMs());
        if (wire.getMaxMemories() < 0)
            throw new IllegalArgumentException("max_memories must be >= 0, was " + wire.getMaxMemories());
        if (wire.getMaxSessions() < 1)
            throw new IllegalArgumentException("max_sessions must be >= 1, was " + wire.getMaxSessions());
        return new Space(
                new SpaceId(wire.getId()), field("name", () -> new SpaceName(wire.getName())), wire.getDimension(),
                similarity(wire.getSimilarity()), shards,
                new SpaceLimits(Duration.ofMillis(wire.getSessionIdleMs()), wire.getMaxMemories(), wire.getMaxSessions()),
                Instant.ofEpochMilli(wire.getCreatedAtMs()), wire.getRevision());
    }

    /// These numbers are in logs and files: they never change.
    private static int number(Similarity similarity) {
        return switch (similarity) {
            case COSINE -> 1;
            case DOT_PRODUCT -> 2;
            case EUCLIDEAN -> 3;
        };
    }

    private static Similarity similarity(int number) {
        for (Similarity similarity : Similarity.values()) if (number(similarity) == number) return similarity;
        throw new IllegalArgumentException("similarity must be 1..3, was " + number);
    }

    private static <T> T field(String name, Supplier<T> parse) {
        try {
            return parse.get();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(name + " " + e.getMessage(), e);
        }
    }
}
