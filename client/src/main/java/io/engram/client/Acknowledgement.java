package io.engram.client;

import java.util.List;

/// Progress of an ingest session. In order of number: a rejection comes before the mark that passes it.
public sealed interface Acknowledgement {
    /// Every observation up to `through` is durable, or was reported as rejected.
    ///
    /// @param positions after which all of them can be read, at most one a shard
    record Durable(long through, List<Position> positions) implements Acknowledgement {
        public Durable {
            positions = List.copyOf(positions);
        }
    }

    record Rejected(Rejection rejection) implements Acknowledgement {}
}
