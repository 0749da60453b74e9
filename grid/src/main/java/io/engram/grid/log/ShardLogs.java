package io.engram.grid.log;

import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/// The replicas that this node holds, one for each of its shards.
///
/// Opening returns before the replicas run: each finds out first, by asking the other nodes, whether it founds its shard, goes
/// on with what is on disk, or has to join again (decision 0003). Until then its view says STARTING or RECOVERING, and why.
/// Safe for use by many threads.
public interface ShardLogs extends AutoCloseable {
    /// Shards of which this node holds a replica.
    Set<ShardId> held();

    /// @throws IllegalArgumentException this node holds no replica of it: see [#placement]
    ShardLog log(ShardId shard);

    Placement placement();

    /// Answers another node's question about its own replica. Must be wired up before nodes can start together.
    CompletableFuture<MembershipAnswer> answer(MembershipQuestion question, Deadline deadline);

    /// What someone may have to act on, in plain words; empty when all is well.
    List<String> complaints();

    /// Hands leadership over where it can, stops the replicas. Returns within about ten seconds.
    @Override
    void close();
}
