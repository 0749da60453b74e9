package io.engram.grid.log;

import java.time.Instant;
import java.util.List;

/// One entry of a shard's log: the commands of many clients, packed by group commit.
///
/// @param proposedAt the proposing leader's wall clock: data, not truth; the state machine makes it monotonic
/// @param commands serialized commands, opaque to the log, applied in this order
public record Entry(Instant proposedAt, List<byte[]> commands) {
    public Entry {
        commands = List.copyOf(commands);
    }
}
