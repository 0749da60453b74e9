package io.engram.jepsen.nemesis;

import java.util.Set;

/// Which nodes a fault hits. What it comes to is found at the moment of injection and stands in the history.
public sealed interface Target {
    /// One at random.
    record One() implements Target {}

    /// As many as may fail: (n - 1) / 2.
    record Minority() implements Target {}

    /// n / 2 + 1.
    record Majority() implements Target {}

    /// The one that leads the most shards.
    record Leader() implements Target {}

    /// Each that leads a shard.
    record Leaders() implements Target {}

    record All() implements Target {}

    record Named(Set<String> nodes) implements Target {
        public Named {
            nodes = Set.copyOf(nodes);
            if (nodes.isEmpty()) throw new IllegalArgumentException("nodes must not be empty");
        }
    }
}
