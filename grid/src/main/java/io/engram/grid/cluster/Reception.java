package io.engram.grid.cluster;

import io.engram.grid.Reason;
import io.engram.grid.log.Deadline;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.PeerRefusal;
import java.util.concurrent.CompletableFuture;

/// Where other nodes' questions arrive. Made before the grid is opened, so that the network can listen first: the
/// engines of all nodes need one another to start. Refuses with `NOT_READY` until the grid takes it over, and again once the grid
/// has closed.
///
/// Safe for use by many threads.
public final class Reception implements Peers.Answering {
    private static final Peers.Answering CLOSED = (question, deadline) -> CompletableFuture.completedFuture(
            PeerAnswer.newBuilder()
                    .setRefused(PeerRefusal.newBuilder()
                            .setReason(Reason.NOT_READY.name())
                            .setMessage("this node is starting or stopping"))
                    .build()
                    .toByteArray());

    private volatile Peers.Answering desk = CLOSED;

    @Override
    public CompletableFuture<byte[]> answer(byte[] question, Deadline deadline) {
        return desk.answer(question, deadline);
    }

    /// From now on `desk` answers.
    public void open(Peers.Answering desk) {
        this.desk = desk;
    }

    public void close() {
        desk = CLOSED;
    }
}
