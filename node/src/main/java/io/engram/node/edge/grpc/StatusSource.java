package io.engram.node.edge.grpc;

import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.log.Deadline;

/// Where the cluster's status comes from: [io.engram.grid.Grid#status].
@FunctionalInterface
public interface StatusSource {
    ClusterStatus status(boolean withDigests, boolean localOnly, Deadline deadline);
}
