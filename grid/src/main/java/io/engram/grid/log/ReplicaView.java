package io.engram.grid.log;

import java.util.Optional;

/// One replica's view of its shard, at one moment. Fields are read in this order: `term`, `role`, `committed`; so `committed`
/// is at least what was committed when `role` was read. (Too high only makes a fence wait longer; too low would be stale.)
///
/// @param peer this replica's own Raft peer
/// @param committed index of the last log entry this replica knows to be committed
/// @param applied index of the last log entry applied here
/// @param leader as this replica knows; may be out of date
/// @param lifeCycle RUNNING, STARTING, RECOVERING, or FAILED with the reason
/// @param snapshot log index of the last snapshot, or -1
public record ReplicaView(
        ShardId shard, String peer, Role role, long term, Optional<NodeId> leader, long committed, long applied, long snapshot,
        String lifeCycle) {
    public enum Role { LEADER, FOLLOWER, CANDIDATE, STOPPED }

    /// Leads and is ready: has committed an entry of its own term. [Role#LEADER] is reported only then.
    public boolean leads() {
        return role == Role.LEADER;
    }

    /// Metadata is loaded, so that `term` counts. Terms of a replica that is not running must not be told to anyone.
    public boolean running() {
        return lifeCycle.equals("RUNNING");
    }
}
