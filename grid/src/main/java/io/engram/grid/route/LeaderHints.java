package io.engram.grid.route;

import io.engram.grid.GridConfig.Member;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Placement;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLogs;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Where the leader of each shard was last seen: guesses that only save a question to the wrong node.
///
/// Safe for use by many threads.
final class LeaderHints {
    private final NodeId self;
    private final ShardLogs replicas;
    private final Placement placement;
    private final Map<ShardId, NodeId> seen = new ConcurrentHashMap<>();

    LeaderHints(NodeId self, ShardLogs replicas) {
        this.self = self;
        this.replicas = replicas;
        this.placement = replicas.placement();
    }

    /// Nodes that hold a replica, in configured order.
    List<NodeId> holders(ShardId shard) {
        return placement.replicas(shard).stream().map(Member::node).toList();
    }

    boolean leadsHere(ShardId shard) {
        return replicas.held().contains(shard) && replicas.log(shard).view().leads();
    }

    /// Best guess for the given attempt, counted from 0: what is known first, then all holders in turn.
    NodeId guess(ShardId shard, int attempt) {
        List<NodeId> holders = holders(shard);
        if (attempt % (holders.size() + 1) == 0) {
            Optional<NodeId> known = known(shard);
            if (known.isPresent()) return known.get();
        }
        return holders.get(attempt % holders.size());
    }

    private Optional<NodeId> known(ShardId shard) {
        if (replicas.held().contains(shard)) {
            ReplicaView view = replicas.log(shard).view();
            if (view.leads()) return Optional.of(self);
            // A local replica that does not run, or waits for a leader, knows nothing worth asking for.
            if (view.running() && view.leader().isPresent() && !view.leader().get().equals(self)) return view.leader();
        }
        return Optional.ofNullable(seen.get(shard));
    }

    void saw(ShardId shard, NodeId leader) {
        if (placement.replicas(shard).stream().anyMatch(m -> m.node().equals(leader))) seen.put(shard, leader);
    }

    /// `suspect` did not answer, or does not lead.
    void forget(ShardId shard, NodeId suspect) {
        seen.remove(shard, suspect);
    }
}
