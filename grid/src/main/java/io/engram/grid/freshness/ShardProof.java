package io.engram.grid.freshness;

import io.engram.grid.log.Position;
import io.engram.grid.log.ReplicaView;
import java.time.Duration;
import java.util.Optional;

/// What one replica could establish about one answer.
///
/// @param applied the replica had applied at least this when it read
/// @param staleness the answer shows every write acknowledged longer than this before the read began;
///     zero for linearizable; empty if no bound could be proven
/// @param term in which the freshness was established; 0: none was
/// @param role of the replica when it was read, as far as it knew itself; proves nothing. Empty: not told
public record ShardProof(Position applied, How how, Optional<Duration> staleness, long term, Optional<ReplicaView.Role> role) {
    public enum How { FENCED_LEADER, FENCED_FOLLOWER, PROBED, UNPROVEN }
}
