package io.engram.grid.log;

import io.engram.grid.GridConfig;
import io.engram.grid.GridConfig.Member;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/// Which nodes hold which shard, and which of them should lead it. The same on every node, since it follows from the
/// configuration alone: shard `s` stands on `replication` members in order of rank, beginning with number `s` modulo members.
/// So replicas and preferred leaders spread evenly.
public final class Placement {
    private final List<Member> byRank;
    private final int shards;
    private final int replication;

    public Placement(List<Member> members, int shards, int replication) {
        if (shards < 1 || shards > 64) throw new IllegalArgumentException("shards must be 1..64, was " + shards);
        if (replication < 1 || replication % 2 == 0 || replication > members.size())
            throw new IllegalArgumentException(
                    "replication must be odd and at most the number of members (" + members.size() + "), was " + replication);
        this.byRank = members.stream().sorted(Comparator.comparingInt(Member::rank).thenComparing(Member::node)).toList();
        this.shards = shards;
        this.replication = replication;
    }

    public static Placement of(GridConfig config) {
        return new Placement(config.members(), config.shards(), config.replication());
    }

    public int shards() {
        return shards;
    }

    /// The nodes that hold a replica, the preferred leader first.
    public List<Member> replicas(ShardId shard) {
        if (shard.value() >= shards)
            throw new IllegalArgumentException("shard must be below " + shards + ", was " + shard.value());
        return IntStream.range(0, replication)
                .mapToObj(i -> byRank.get((shard.value() + i) % byRank.size()))
                .toList();
    }

    public NodeId preferredLeader(ShardId shard) {
        return replicas(shard).getFirst().node();
    }

    public Set<ShardId> heldBy(NodeId node) {
        var held = new TreeSet<ShardId>();
        for (int s = 0; s < shards; s++) {
            var shard = new ShardId(s);
            if (replicas(shard).stream().anyMatch(m -> m.node().equals(node))) held.add(shard);
        }
        return held;
    }
}
