package io.engram.grid.log;

import io.engram.grid.GridConfig;
import java.io.IOException;
import java.util.function.Function;

/// Opens the replicas of this node on Apache Ratis.
public final class RatisShardLogs {
    private RatisShardLogs() {}

    /// @param machines makes the state machine of a shard; called once for each shard held
    /// @param others carries questions to the other nodes; may fail until they are up
    /// @throws IOException the data folder belongs to another node or cluster, or cannot be used
    @SuppressWarnings("DoNotCallSuggester")
    public static ShardLogs open(GridConfig config, Function<ShardId, ShardMachine> machines, MembershipClient others)
            throws IOException {
        throw new UnsupportedOperationException("the replicated log is being built");
    }
}
