package io.engram.client;

import java.time.Duration;
import java.util.Optional;

/// What one replica could establish about one answer.
///
/// @param applied the replica had applied at least this when it read
/// @param staleness the answer shows every write acknowledged longer than this before the read began;
///     zero: all of them; empty: no bound could be proven
/// @param term Raft term in which the freshness was established; 0: none was
/// @param role of the replica when it was read, as far as it knew itself: one that was cut off may still hold itself for the
///     leader. Says who answered, and proves nothing
public record ShardProof(
        Position applied, Freshness freshness, Optional<Duration> staleness, long term, ClusterStatus.Role role) {}
