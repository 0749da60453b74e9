package io.engram.grid.freshness;

import io.engram.grid.log.Position;
import java.time.Duration;
import java.util.List;

/// How fresh an answer must be.
public sealed interface Consistency {
    /// Sees every write acknowledged before the read began.
    record Linearizable() implements Consistency {}

    /// Sees every write acknowledged more than `maxStaleness` before the read began.
    record Bounded(Duration maxStaleness) implements Consistency {
        public Bounded {
            if (maxStaleness.isNegative() || maxStaleness.isZero())
                throw new IllegalArgumentException("max staleness must be > 0, was " + maxStaleness);
        }
    }

    /// Sees everything up to these positions; shards that are not named are read as they are.
    record AtLeast(List<Position> positions) implements Consistency {
        public AtLeast {
            positions = List.copyOf(positions);
        }
    }

    /// This replica's state.
    record Eventual() implements Consistency {}
}
