package io.engram.grid.memory.session;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.Position;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Space;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// One stream's side of an ingest session: takes numbered observations to the space's shards and tells
/// when they are durable. One caller at a time; several calls may be under way.
///
/// Each call covers a range of numbers, and every shard of the space is told of every range, so that what is durable
/// can be told after any crash from the shards alone: the least of what they cover.
public interface Ingest extends AutoCloseable {
    Space space();

    boolean resumed();

    /// Everything up to here is durable or was rejected.
    long durableThrough();

    /// Numbers above `durableThrough` up to here may have been recorded; they must come again as they were.
    long takenThrough();

    /// Rejections that the client may not have seen.
    List<Rejected> pendingRejections();

    /// Takes the numbers from `first` on; `first` is the number after the last one taken (or, after a reconnect,
    /// anything from 1 to that). Completes when all of them are durable or rejected; calls complete in order.
    /// Fails with [io.engram.grid.RefusedException] `OUTCOME_UNKNOWN`, `SESSION_EXPIRED`, `NO_LEADER` …: the session
    /// is then to be opened again.
    CompletableFuture<Taken> take(long first, List<Item> items, long acknowledgedThrough, Deadline deadline);

    @Override
    void close();

    sealed interface Item {
        record Good(Observation observation) implements Item {}

        /// Refused at the edge, for what it is: by item and space descriptor alone, so that any node would refuse it. Where a node
        /// cannot take a good item (no model, overload), the stream fails instead.
        record Bad(String reason, String field, String message) implements Item {}
    }

    record Rejected(long number, String reason, String field, String message) {}

    /// @param positions after which all of these can be read, at most one a shard
    record Taken(long durableThrough, List<Rejected> rejections, List<Position> positions) {}
}
