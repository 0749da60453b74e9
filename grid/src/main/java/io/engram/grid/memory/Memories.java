package io.engram.grid.memory;

import io.engram.grid.freshness.Answer;
import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Position;
import io.engram.grid.memory.session.Ingest;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/// Front of the store: remember and recall. Blocking; call from a virtual thread. Failures are
/// [io.engram.grid.RefusedException]; every call ends by its deadline.
public interface Memories {
    /// @param replayed the outcome of an earlier request with the same idempotency key
    record Written(MemoryKey key, long version, Position position, boolean replayed) {}

    record Forgotten(long version, Position position, boolean replayed) {}

    /// @param next where the next page starts; empty: this was the last
    record Page(List<Memory> memories, Optional<MemoryKey> next) {}

    record Query(Embedding vector, int k, Optional<Filter> filter, OptionalDouble minScore, boolean allowPartial) {}

    record Match(Memory memory, double score) {}

    /// @param considered live memories that the query was compared with
    record Recalled(List<Match> matches, long considered, Duration searchTime) {}

    Written put(SpaceName space, Observation observation, WriteCondition condition, RequestId request, Deadline deadline);

    /// @param expectedVersion 0: whatever it is
    Forgotten forget(SpaceName space, MemoryKey memory, long expectedVersion, RequestId request, Deadline deadline);

    /// Empty: there is no such memory.
    Answer<Optional<Memory>> get(SpaceName space, MemoryKey key, View view, Consistency consistency, Deadline deadline);

    /// In the order asked for, without the absent.
    Answer<List<Memory>> get(SpaceName space, List<MemoryKey> keys, View view, Consistency consistency, Deadline deadline);

    /// By key, ascending, from `from` (inclusive) on.
    Answer<Page> list(
            SpaceName space, String keyPrefix, Optional<Filter> filter, Optional<MemoryKey> from, int limit, View view,
            Consistency consistency, Deadline deadline);

    /// Best first; equal scores by key.
    Answer<Recalled> recall(SpaceName space, Query query, View view, Consistency consistency, Deadline deadline);

    /// Opens or resumes an ingest session.
    Ingest observe(SpaceName space, SessionId session, long acknowledgedThrough, Deadline deadline);
}
