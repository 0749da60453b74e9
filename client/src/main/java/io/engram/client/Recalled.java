package io.engram.client;

import java.time.Duration;
import java.util.List;

/// What a recall found.
///
/// @param matches best first; equal scores by key
/// @param considered live memories that the query was compared with
/// @param searchTime measured by the node
public record Recalled(List<Match> matches, long considered, Duration searchTime) {
    public Recalled {
        matches = List.copyOf(matches);
    }
}
