package io.engram.client;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// An observation once recorded. What the view asked for leaves out is empty.
///
/// @param version index of the write's position; grows with each write of the key
/// @param position of the write
/// @param confidence as it was observed
/// @param adjustedConfidence after adjustment for the tier; never above `confidence`
/// @param observedAt by the writer's clock
/// @param tier where the bytes of this answer came from
public record Memory(
        String key,
        long version,
        Position position,
        String text,
        Optional<Vector> vector,
        double confidence,
        double adjustedConfidence,
        Optional<Instant> observedAt,
        SortedMap<String, AttributeValue> attributes,
        List<Link> links,
        Tier tier) {
    public Memory {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        links = List.copyOf(links);
    }
}
