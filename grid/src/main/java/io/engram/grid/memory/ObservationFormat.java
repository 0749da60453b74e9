package io.engram.grid.memory;

import com.google.protobuf.UnsafeByteOperations;
import io.engram.grid.wire.Attribute;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Observations as they stand in log entries and record files. The same observation always has the same bytes.
public final class ObservationFormat {
    private ObservationFormat() {}

    public static io.engram.grid.wire.Observation toWire(Observation observation) {
        var wire = io.engram.grid.wire.Observation.newBuilder()
                .setKey(observation.key().value())
                .setText(observation.text())
                .setConfidence(observation.confidence())
                .setObservedAtMs(observation.observedAt().toEpochMilli());
        observation.vector().ifPresent(v -> wire.setVector(UnsafeByteOperations.unsafeWrap(v.toBytes())));
        observation.attributes().forEach((name, value) -> wire.addAttributes(attribute(name, value)));
        for (Link link : observation.links())
            wire.addLinks(io.engram.grid.wire.Link.newBuilder()
                    .setKey(link.key().value()).setRelation(link.relation()).setWeight(link.weight()));
        return wire.build();
    }

    /// @throws IllegalArgumentException naming what is not an observation about it
    public static Observation ofWire(io.engram.grid.wire.Observation wire) {
        SortedMap<String, AttributeValue> attributes = new TreeMap<>();
        for (Attribute attribute : wire.getAttributesList()) attributes.put(attribute.getName(), value(attribute));
        List<Link> links = new ArrayList<>(wire.getLinksCount());
        for (var link : wire.getLinksList())
            links.add(new Link(new MemoryKey(link.getKey()), link.getRelation(), link.getWeight()));
        Optional<Embedding> vector = wire.getVector().isEmpty()
                ? Optional.empty()
                : Optional.of(Embedding.ofBytes(wire.getVector().toByteArray()));
        return new Observation(new MemoryKey(wire.getKey()), wire.getText(), vector, wire.getConfidence(),
                Instant.ofEpochMilli(wire.getObservedAtMs()), attributes, links);
    }

    private static Attribute attribute(String name, AttributeValue value) {
        Attribute.Builder wire = Attribute.newBuilder().setName(name);
        return switch (value) {
            case AttributeValue.Text text -> wire.setStringValue(text.value()).build();
            case AttributeValue.Whole whole -> wire.setIntValue(whole.value()).build();
            case AttributeValue.Real real -> wire.setDoubleValue(real.value()).build();
            case AttributeValue.Flag flag -> wire.setBoolValue(flag.value()).build();
        };
    }

    private static AttributeValue value(Attribute wire) {
        return switch (wire.getValueCase()) {
            case STRING_VALUE -> new AttributeValue.Text(wire.getStringValue());
            case INT_VALUE -> new AttributeValue.Whole(wire.getIntValue());
            case DOUBLE_VALUE -> new AttributeValue.Real(wire.getDoubleValue());
            case BOOL_VALUE -> new AttributeValue.Flag(wire.getBoolValue());
            case VALUE_NOT_SET -> throw new IllegalArgumentException("attribute " + wire.getName() + " has no value");
        };
    }
}
