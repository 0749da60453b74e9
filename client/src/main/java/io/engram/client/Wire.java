package io.engram.client;

import com.google.protobuf.Timestamp;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Domain values to and from the wire: time, observations, memories. The same value always has the same bytes.
final class Wire {
    private Wire() {}

    static Duration duration(com.google.protobuf.Duration wire) {
        return Duration.ofSeconds(wire.getSeconds(), wire.getNanos());
    }

    static com.google.protobuf.Duration duration(Duration duration) {
        return com.google.protobuf.Duration.newBuilder().setSeconds(duration.getSeconds()).setNanos(duration.getNano()).build();
    }

    static Instant instant(Timestamp wire) {
        return Instant.ofEpochSecond(wire.getSeconds(), wire.getNanos());
    }

    static Timestamp timestamp(Instant instant) {
        return Timestamp.newBuilder().setSeconds(instant.getEpochSecond()).setNanos(instant.getNano()).build();
    }

    static Position position(io.engram.v1.Position wire) {
        return new Position(wire.getShard(), wire.getIndex());
    }

    static io.engram.v1.Position position(Position position) {
        return io.engram.v1.Position.newBuilder().setShard(position.shard()).setIndex(position.index()).build();
    }

    static io.engram.v1.Observation observation(Observation observation) {
        var wire = io.engram.v1.Observation.newBuilder().setText(observation.text());
        observation.key().ifPresent(wire::setKey);
        observation.vector().ifPresent(vector -> wire.setVector(vector.toWire()));
        observation.confidence().ifPresent(wire::setConfidence);
        observation.observedAt().ifPresent(at -> wire.setObservedAt(timestamp(at)));
        observation.attributes().forEach((name, value) -> wire.putAttributes(name, attribute(value)));
        for (Link link : observation.links())
            wire.addLinks(io.engram.v1.Link.newBuilder().setKey(link.key()).setRelation(link.relation()).setWeight(link.weight()));
        return wire.build();
    }

    static Memory memory(io.engram.v1.Memory wire) {
        var attributes = new TreeMap<String, AttributeValue>();
        for (Map.Entry<String, io.engram.v1.AttributeValue> entry : wire.getAttributesMap().entrySet())
            attributes.put(entry.getKey(), attribute(entry.getValue()));
        return new Memory(
                wire.getKey(),
                wire.getVersion(),
                new Position(wire.getShard(), wire.getVersion()),
                wire.getText(),
                wire.getVector().isEmpty() ? Optional.empty() : Optional.of(Vector.ofWire(wire.getVector())),
                wire.getConfidence(),
                wire.getAdjustedConfidence(),
                wire.hasObservedAt() ? Optional.of(instant(wire.getObservedAt())) : Optional.empty(),
                attributes,
                wire.getLinksList().stream().map(Wire::link).toList(),
                tier(wire.getTier()));
    }

    static io.engram.v1.AttributeValue attribute(AttributeValue value) {
        var wire = io.engram.v1.AttributeValue.newBuilder();
        if (value instanceof AttributeValue.Text text) wire.setStringValue(text.value());
        else if (value instanceof AttributeValue.Whole whole) wire.setIntValue(whole.value());
        else if (value instanceof AttributeValue.Real real) wire.setDoubleValue(real.value());
        else if (value instanceof AttributeValue.Truth truth) wire.setBoolValue(truth.value());
        return wire.build();
    }

    private static AttributeValue attribute(io.engram.v1.AttributeValue wire) {
        return switch (wire.getKindCase()) {
            case STRING_VALUE -> AttributeValue.of(wire.getStringValue());
            case INT_VALUE -> AttributeValue.of(wire.getIntValue());
            case DOUBLE_VALUE -> AttributeValue.of(wire.getDoubleValue());
            case BOOL_VALUE -> AttributeValue.of(wire.getBoolValue());
            case KIND_NOT_SET -> throw new IllegalArgumentException("attribute value of a kind that this client does not know");
        };
    }

    private static Link link(io.engram.v1.Link wire) {
        return new Link(wire.getKey(), wire.getRelation(), wire.hasWeight() ? wire.getWeight() : 1);
    }

    private static Tier tier(io.engram.v1.Tier wire) {
        return switch (wire) {
            case TIER_HOT -> Tier.HOT;
            case TIER_WARM -> Tier.WARM;
            case TIER_COLD -> Tier.COLD;
            case TIER_UNSPECIFIED, UNRECOGNIZED -> Tier.UNKNOWN;
        };
    }
}
