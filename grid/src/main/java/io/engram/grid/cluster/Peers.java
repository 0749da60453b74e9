package io.engram.grid.cluster;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import java.util.concurrent.CompletableFuture;

/// The network between nodes: carries questions of the grid, which are opaque to it.
///
/// Real: gRPC, in the node. Simulated: `MemoryNetwork` (tests), which drops, delays, reorders.
public interface Peers {
    /// Asks another node. Completes exceptionally when the node cannot be reached, refuses, or the deadline
    /// passes; the question may have been carried out all the same.
    CompletableFuture<byte[]> ask(NodeId to, byte[] question, Deadline deadline);

    /// Answers questions of other nodes. Must not block.
    @FunctionalInterface
    interface Answering {
        CompletableFuture<byte[]> answer(byte[] question, Deadline deadline);
    }
}
