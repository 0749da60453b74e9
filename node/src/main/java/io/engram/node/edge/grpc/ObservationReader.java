package io.engram.node.edge.grpc;

import com.google.protobuf.ByteString;
import io.engram.grid.Reason;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Link;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/// Reads observations and vectors. Every fault is an [InvalidFieldException] with the field's path.
///
/// @param clock the node's, for observations that bring no time
record ObservationReader(InstantSource clock) {
    static final int MAX_TEXT_BYTES = 64 << 10;
    private static final int MAX_STRING_BYTES = 1024;
    private static final int MAX_ATTRIBUTES = 64;
    private static final int MAX_LINKS = 256;
    private static final Pattern NAME = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_.-]{0,63}");
    /// Squares and products of such vectors stay normal float32 numbers, so that no score becomes infinite or nothing.
    private static final double LONGEST = 1e15;
    private static final double SHORTEST = 1e-15;

    /// @param key for an observation that brings none; the same each time the same request is sent
    /// @return without a vector if the text is to be embedded
    Observation read(String field, io.engram.v1.Observation wire, Space space, Supplier<MemoryKey> key) {
        MemoryKey name = wire.getKey().isEmpty() ? key.get() : Fields.key(field + ".key", wire.getKey());
        String text = Fields.text(field + ".text", wire.getText(), MAX_TEXT_BYTES);
        Optional<Embedding> vector = wire.getVector().isEmpty()
                ? Optional.empty()
                : Optional.of(vector(field + ".vector", wire.getVector(), space));
        if (vector.isEmpty() && text.isEmpty()) throw new InvalidFieldException(field + ".vector", "must be set, or the text");
        double confidence = wire.hasConfidence() ? wire.getConfidence() : 1;
        if (!(confidence >= 0 && confidence <= 1))
            throw new InvalidFieldException(field + ".confidence", "must be 0..1, was " + confidence);
        return new Observation(name, text, vector, confidence,
                wire.hasObservedAt() ? Fields.timestamp(field + ".observed_at", wire.getObservedAt()) : clock.instant(),
                attributes(field + ".attributes", wire.getAttributesMap()), links(field + ".links", wire.getLinksList()));
    }

    static Embedding vector(String field, ByteString bytes, Space space) {
        if (bytes.size() % Float.BYTES != 0)
            throw new InvalidFieldException(field, "must be float32 values of 4 bytes each, was " + bytes.size() + " bytes");
        int floats = bytes.size() / Float.BYTES;
        if (floats != space.dimension())
            throw new InvalidFieldException(Reason.DIMENSION_MISMATCH, field,
                    "must have the " + space.dimension() + " floats of the space's dimension, had " + floats);
        Embedding vector = Embedding.ofBytes(bytes.toByteArray());
        int bad = vector.firstNotFinite();
        if (bad >= 0) throw new InvalidFieldException(field + "[" + bad + "]", "must be finite, was " + vector.at(bad));
        double length = length(vector);
        if (length > LONGEST) throw new InvalidFieldException(field, "must be at most " + LONGEST + " long, was " + length);
        if (space.similarity() == Similarity.COSINE) {
            if (length == 0) throw new InvalidFieldException(field, "must not be zero in a space that compares by cosine");
            if (length < SHORTEST)
                throw new InvalidFieldException(field, "must be at least " + SHORTEST + " long to compare by cosine, was " + length);
        }
        return vector;
    }

    private static double length(Embedding vector) {
        double squares = 0;
        for (int i = 0; i < vector.dimension(); i++) squares += (double) vector.at(i) * vector.at(i);
        return Math.sqrt(squares);
    }

    private static SortedMap<String, AttributeValue> attributes(
            String field, Map<String, io.engram.v1.AttributeValue> wire) {
        if (wire.size() > MAX_ATTRIBUTES)
            throw new InvalidFieldException(field, "must be at most " + MAX_ATTRIBUTES + ", were " + wire.size());
        SortedMap<String, AttributeValue> attributes = new TreeMap<>();
        // In order of name, so that of several faults always the same one is named.
        new TreeMap<>(wire).forEach((name, value) -> {
            String entry = field + "[\"" + name + "\"]";
            attributes.put(attributeName(entry, name), attribute(entry, value));
        });
        return attributes;
    }

    static String attributeName(String field, String name) {
        if (!NAME.matcher(name).matches()) throw new InvalidFieldException(field, "must match " + NAME + ", was '" + name + "'");
        return name;
    }

    static AttributeValue attribute(String field, io.engram.v1.AttributeValue wire) {
        return switch (wire.getKindCase()) {
            case STRING_VALUE ->
                new AttributeValue.Text(Fields.text(field + ".string_value", wire.getStringValue(), MAX_STRING_BYTES));
            case INT_VALUE -> new AttributeValue.Whole(wire.getIntValue());
            case DOUBLE_VALUE -> {
                if (!Double.isFinite(wire.getDoubleValue()))
                    throw new InvalidFieldException(field + ".double_value", "must be finite, was " + wire.getDoubleValue());
                yield new AttributeValue.Real(wire.getDoubleValue());
            }
            case BOOL_VALUE -> new AttributeValue.Flag(wire.getBoolValue());
            case KIND_NOT_SET -> throw new InvalidFieldException(field, "must have a value of a kind that this node knows");
        };
    }

    private static List<Link> links(String field, List<io.engram.v1.Link> wire) {
        if (wire.size() > MAX_LINKS)
            throw new InvalidFieldException(field, "must be at most " + MAX_LINKS + ", were " + wire.size());
        List<Link> links = new ArrayList<>(wire.size());
        for (int i = 0; i < wire.size(); i++) {
            io.engram.v1.Link link = wire.get(i);
            String entry = field + "[" + i + "]";
            double weight = link.hasWeight() ? link.getWeight() : 1;
            if (!(weight > 0 && weight <= 1)) throw new InvalidFieldException(entry + ".weight", "must be > 0 and <= 1, was " + weight);
            String relation = link.getRelation().isEmpty() ? "related" : attributeName(entry + ".relation", link.getRelation());
            links.add(new Link(Fields.key(entry + ".key", link.getKey()), relation, weight));
        }
        return links;
    }
}
