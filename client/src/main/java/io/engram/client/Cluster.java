package io.engram.client;

import io.engram.v1.ClusterServiceGrpc;
import io.engram.v1.GetStatusRequest;
import io.engram.v1.GetStatusResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// The cluster as a whole. For many threads.
public final class Cluster {
    private final Calls calls;
    private final Duration deadline;

    Cluster(Calls calls, Duration deadline) {
        this.calls = calls;
        this.deadline = deadline;
    }

    /// Members, roles and applied positions, as one node sees them.
    public ClusterStatus status() {
        return calls.await(asking(GetStatusRequest.getDefaultInstance()));
    }

    /// As [#status()], with a digest of each replica's state: costs a pass over it.
    public ClusterStatus statusWithDigests() {
        return calls.await(asking(GetStatusRequest.newBuilder().setWithDigests(true).build()));
    }

    /// What the node that answers knows of itself, without asking the others.
    public ClusterStatus localStatus() {
        return calls.await(asking(GetStatusRequest.newBuilder().setLocalOnly(true).build()));
    }

    public CompletableFuture<ClusterStatus> statusAsync() {
        return calls.start(asking(GetStatusRequest.getDefaultInstance()));
    }

    private Call<GetStatusRequest, GetStatusResponse, ClusterStatus> asking(GetStatusRequest request) {
        return Call.read(
                ClusterServiceGrpc.getGetStatusMethod(), request, deadline, reply -> WireStatus.status(reply.response()));
    }
}
