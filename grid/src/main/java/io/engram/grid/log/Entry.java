package io.engram.grid.log;

import java.time.Duration;
import java.util.List;

/// One entry of a shard's log: the commands of many clients, packed by group commit.
///
/// @param elapsed the proposing leader's monotonic time since its previous proposal in this term, zero for its first. Log
///     time is the sum of these, each capped when applied: it can run slow, never fast, whatever wall clocks do
/// @param commands serialized commands, opaque to the log, applied in this order
public record Entry(Duration elapsed, List<byte[]> commands) {
    public Entry {
        commands = List.copyOf(commands);
    }
}
