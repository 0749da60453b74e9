package io.engram.client;

import java.util.List;
import java.util.Optional;

/// A part of a list.
///
/// @param nextToken where the next page starts; empty: this was the last
public record Page<T>(List<T> items, Optional<String> nextToken) {
    public Page {
        items = List.copyOf(items);
    }
}
