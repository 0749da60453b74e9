package io.engram.grid.route;

import io.engram.grid.GridConfig.Member;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.Placement;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.ShardLogs;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;

/// The logs of one of three nodes, a, b and c, each of which may hold any shard; nothing about them ever changes.
///
/// @param here those of this node
record StandingLogs(Map<ShardId, ShardLog> here) implements ShardLogs {
    static StandingLogs none() {
        return new StandingLogs(Map.of());
    }

    @Override
    public Set<ShardId> held() {
        return here.keySet();
    }

    @Override
    public ShardLog log(ShardId shard) {
        ShardLog log = here.get(shard);
        if (log == null) throw new IllegalArgumentException("no replica of shard " + shard);
        return log;
    }

    @Override
    public Placement placement() {
        var members = Stream.of("a", "b", "c").map(name -> new Member(new NodeId(name), "127.0.0.1", 0, 0, 0, 0, 0, 0, 0)).toList();
        return new Placement(members, Math.max(1, here.size()), 3);
    }

    @Override
    public CompletableFuture<MembershipAnswer> answer(MembershipQuestion question, Deadline deadline) {
        return CompletableFuture.failedFuture(new IllegalStateException("not asked here"));
    }

    @Override
    public List<String> complaints() {
        return List.of();
    }

    @Override
    public void close() {}
}
