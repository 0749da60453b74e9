package io.engram.node.edge.grpc;

import com.google.common.hash.Hashing;
import io.engram.grid.Reason;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.session.Ingest;
import io.engram.node.text.TextEmbedding;
import io.engram.v1.ObservationBatch;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// One batch of a stream on its way: read, perhaps embedded, taken.
final class ObserveBatch {
    private final long first;
    private final long bytes;
    private final long acknowledgedThrough;
    private final long cameNanos;
    private final List<Ingest.Item> items = new ArrayList<>();
    /// Places in `items` that wait for a vector.
    private final List<Integer> toEmbed = new ArrayList<>();

    private ObserveBatch(long first, long bytes, long acknowledgedThrough, long cameNanos) {
        this.first = first;
        this.bytes = bytes;
        this.acknowledgedThrough = acknowledgedThrough;
        this.cameNanos = cameNanos;
    }

    /// @param skip so many observations at the front were taken before
    static ObserveBatch read(
            ObservationBatch wire, int skip, Space space, SessionId session, ObservationReader observations,
            TextEmbedding texts, long cameNanos) {
        ObserveBatch batch = new ObserveBatch(
                wire.getFirstNumber() + skip, wire.getSerializedSize(), wire.getAcknowledgedThrough(), cameNanos);
        for (int i = skip; i < wire.getObservationsCount(); i++) {
            long number = wire.getFirstNumber() + i;
            try {
                Observation read = observations.read(
                        "observation", wire.getObservations(i), space, () -> madeKey(space, session, number));
                if (read.vector().isEmpty()) {
                    // Without a model of its own a node cannot tell whether another one would take the text; the stream
                    // fails then, and no item is refused for it.
                    if (!texts.serves(space))
                        throw new InvalidFieldException(Reason.SPACE_DOES_NOT_EMBED, "observation.vector",
                                "must be set: no text is turned into the " + space.dimension() + " floats of space '" + space.name() + "'");
                    batch.toEmbed.add(batch.items.size());
                }
                batch.items.add(new Ingest.Item.Good(read));
            } catch (InvalidFieldException e) {
                if (e.reason() == Reason.SPACE_DOES_NOT_EMBED && !texts.isPresent()) throw e;
                batch.items.add(new Ingest.Item.Bad(e.reason().name(), e.field(), e.field() + " " + e.rule()));
            }
        }
        return batch;
    }

    /// From space, session and number, so that sending again makes the same key.
    private static MemoryKey madeKey(Space space, SessionId session, long number) {
        return new MemoryKey("s-" + Hashing.murmur3_128().hashString(
                space.name() + " " + session.value(), StandardCharsets.UTF_8) + "-" + number);
    }

    /// The same in smaller ones, in order, if texts wait for vectors; otherwise as it is.
    ///
    /// @param most items in each
    List<ObserveBatch> parts(int most) {
        if (isReady() || items.size() <= most) return List.of(this);
        List<ObserveBatch> parts = new ArrayList<>();
        long left = bytes;
        for (int from = 0; from < items.size(); from += most) {
            int to = Math.min(items.size(), from + most);
            long share = to == items.size() ? left : bytes * (to - from) / items.size();
            left -= share;
            ObserveBatch part = new ObserveBatch(first + from, share, acknowledgedThrough, cameNanos);
            part.items.addAll(items.subList(from, to));
            for (int place : toEmbed) if (place >= from && place < to) part.toEmbed.add(place - from);
            parts.add(part);
        }
        return parts;
    }

    boolean isReady() {
        return toEmbed.isEmpty();
    }

    List<String> texts() {
        return toEmbed.stream().map(place -> good(place).text()).toList();
    }

    /// @param vectors of [#texts], in order
    void embedded(List<Embedding> vectors) {
        for (int i = 0; i < vectors.size(); i++)
            items.set(toEmbed.get(i), new Ingest.Item.Good(MemoryCalls.withVector(good(toEmbed.get(i)), vectors.get(i))));
        toEmbed.clear();
    }

    private Observation good(int place) {
        return ((Ingest.Item.Good) items.get(place)).observation();
    }

    long first() {
        return first;
    }

    int count() {
        return items.size();
    }

    List<Ingest.Item> items() {
        return items;
    }

    long bytes() {
        return bytes;
    }

    long acknowledgedThrough() {
        return acknowledgedThrough;
    }

    long cameNanos() {
        return cameNanos;
    }
}
