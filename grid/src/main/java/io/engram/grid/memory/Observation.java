package io.engram.grid.memory;

import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// One thing a client noticed.
///
/// @param vector as many floats as the space's dimension; empty only before the edge has embedded the text
/// @param confidence 0..1
/// @param observedAt the client's clock; orders nothing, the position in the log does
public record Observation(
        MemoryKey key, String text, Optional<Embedding> vector, double confidence, Instant observedAt,
        SortedMap<String, AttributeValue> attributes, List<Link> links) {
    public Observation {
        attributes = Collections.unmodifiableSortedMap(new TreeMap<>(attributes));
        links = List.copyOf(links);
    }
}
