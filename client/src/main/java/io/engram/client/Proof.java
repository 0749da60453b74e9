package io.engram.client;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// What could be established about an answer, shard by shard. Answers over several shards are fresh shard by
/// shard; they are not one cut through all of them.
///
/// @param node name of the node whose replica answered
/// @param shards one for each shard that the answer covers
/// @param missingShards shards that the answer should have covered and does not; only where a part was allowed
public record Proof(String node, List<ShardProof> shards, List<Integer> missingShards) {
    public Proof {
        shards = List.copyOf(shards);
        missingShards = List.copyOf(missingShards);
    }

    /// The largest of the shards' stalenesses; empty if one of them could prove none.
    public Optional<Duration> staleness() {
        Duration largest = Duration.ZERO;
        for (ShardProof shard : shards) {
            if (shard.staleness().isEmpty()) return Optional.empty();
            Duration staleness = shard.staleness().get();
            if (staleness.compareTo(largest) > 0) largest = staleness;
        }
        return shards.isEmpty() ? Optional.empty() : Optional.of(largest);
    }
}
