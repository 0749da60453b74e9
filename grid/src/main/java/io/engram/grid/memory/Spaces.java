package io.engram.grid.memory;

import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// The catalog of spaces. Blocking; call from a virtual thread. Failures are [io.engram.grid.RefusedException].
public interface Spaces {
    /// @param shards 0: as many as the cluster has
    record NewSpace(SpaceName name, int dimension, Similarity similarity, int shards, SpaceLimits limits) {}

    /// Settings to change; an empty one stays.
    record LimitsChange(Optional<Duration> sessionIdle, Optional<Long> maxMemories, Optional<Integer> maxSessions) {}

    record Changed(Space space, Position position) {}

    /// Returns once every shard of the space takes writes for it.
    Changed create(NewSpace wanted, RequestId request, Deadline deadline);

    Answer<Optional<Space>> get(SpaceName name, Consistency consistency, Deadline deadline);

    /// By name, ascending, strictly after `after`.
    Answer<List<Space>> list(Optional<SpaceName> after, int limit, Consistency consistency, Deadline deadline);

    /// @param expectedRevision 0: whatever it is
    Changed update(SpaceName name, LimitsChange change, long expectedRevision, RequestId request, Deadline deadline);

    /// Returns once no replica will serve it again.
    Position delete(SpaceName name, RequestId request, Deadline deadline);

    /// The space as this node knows it, asking the catalog's leader only if it is not known here.
    /// What is done with it is checked again where it is applied.
    Space resolve(SpaceName name, Deadline deadline);
}
