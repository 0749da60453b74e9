package io.engram.grid.log;

import java.util.Optional;

/// One replica's view of its shard, at one moment. Fields may be a moment apart from each other,
/// but `term` is read before `role`, and `committed` never exceeds what was committed when `role` was read.
///
/// @param committed index of the last log entry this replica knows to be committed
/// @param applied index of the last log entry applied here
/// @param leader as this replica knows; may be out of date
/// @param lifeCycle RUNNING, STARTING, RECOVERING, or FAILED with the reason
/// @param snapshot log index of the last snapshot, or -1
public record ReplicaView(
        ShardId shard, Role role, long term, Optional<NodeId> leader, long committed, long applied, long snapshot,
        String lifeCycle) {
    public enum Role { LEADER, FOLLOWER, CANDIDATE, STOPPED }

    /// Leads and is ready: has committed an entry of its own term.
    public boolean leads() {
        return role == Role.LEADER;
    }
}
