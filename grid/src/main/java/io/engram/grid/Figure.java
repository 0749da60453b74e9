package io.engram.grid;

import java.util.Map;

/// One number about this node, for metrics.
///
/// @param name snake case with its unit, without a prefix: `hot_hits_total`, `shard_applied_index`
/// @param labels few and of bounded variety
public record Figure(String name, String help, Kind kind, Map<String, String> labels, double value) {
    public enum Kind {
        /// Only grows while the process lives.
        COUNTER,
        GAUGE
    }

    public Figure {
        labels = Map.copyOf(labels);
    }
}
