package io.engram.grid.log;

import java.util.List;
import java.util.Optional;

/// What became of an attempt to append.
public sealed interface Appended {
    /// On disk on a majority and applied on this replica.
    ///
    /// @param outcomes serialized, one for each command, in order
    record Applied(long logIndex, List<byte[]> outcomes) implements Appended {}

    /// Nothing was appended: another replica leads, or none does.
    record NotLeader(Optional<NodeId> leader) implements Appended {}

    /// Nothing was appended: this replica cannot take it now (closed, starting).
    record Unavailable(String why) implements Appended {}

    /// Nothing was appended: this replica is stopped until its disk takes writes again.
    record DiskFull(String why) implements Appended {}
}
