package io.engram.client;

import java.time.Duration;
import java.util.List;

/// How fresh an answer must be. The client checks each answer's proof against it and throws
/// [ProofRejectedException] rather than hand over one that breaks it.
public sealed interface Consistency {
    /// Sees every write acknowledged before the read began.
    record Linearizable() implements Consistency {}

    /// Sees every write acknowledged more than `maxStaleness` before the read began.
    ///
    /// @param maxStaleness above zero, at most one hour
    record Bounded(Duration maxStaleness) implements Consistency {
        static final Duration LONGEST = Duration.ofHours(1);

        public Bounded {
            if (maxStaleness.isNegative() || maxStaleness.isZero() || maxStaleness.compareTo(LONGEST) > 0)
                throw new IllegalArgumentException("max staleness must be > 0 and <= " + LONGEST + ", was " + maxStaleness);
        }
    }

    /// Sees everything up to these positions; shards that are not named are read as they are.
    record AtLeast(List<Position> positions) implements Consistency {
        public AtLeast {
            positions = List.copyOf(positions);
            if (positions.stream().map(Position::shard).distinct().count() != positions.size())
                throw new IllegalArgumentException("positions must name each shard at most once, were " + positions);
        }
    }

    /// The state of whichever replica is asked, whatever its age.
    record Eventual() implements Consistency {}

    static Consistency linearizable() {
        return new Linearizable();
    }

    static Consistency bounded(Duration maxStaleness) {
        return new Bounded(maxStaleness);
    }

    static Consistency atLeast(List<Position> positions) {
        return new AtLeast(positions);
    }

    /// @param token from [CausalSession#token()]
    static Consistency atLeast(String token) {
        return new AtLeast(CausalSession.resume(token).positions());
    }

    static Consistency eventual() {
        return new Eventual();
    }
}
