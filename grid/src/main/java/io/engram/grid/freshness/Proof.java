package io.engram.grid.freshness;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import java.util.List;

/// What could be established about an answer, shard by shard.
///
/// @param missing shards that the answer should have covered and does not
public record Proof(NodeId node, List<ShardProof> shards, List<ShardId> missing) {
    public Proof {
        shards = List.copyOf(shards);
        missing = List.copyOf(missing);
    }
}
