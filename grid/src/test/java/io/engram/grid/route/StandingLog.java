package io.engram.grid.route;

import io.engram.grid.log.Appended;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ReplicaView.Role;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;

/// The log of a replica that runs, leading or not; a leader notes what is appended and answers at once.
final class StandingLog implements ShardLog {
    private final ShardId shard;
    private final NodeId leader;
    private final boolean leads;
    private final UnaryOperator<byte[]> outcome;
    final List<byte[]> appended = new CopyOnWriteArrayList<>();

    private StandingLog(ShardId shard, NodeId leader, boolean leads, UnaryOperator<byte[]> outcome) {
        this.shard = shard;
        this.leader = leader;
        this.leads = leads;
        this.outcome = outcome;
    }

    static StandingLog following(ShardId shard, NodeId leader) {
        return new StandingLog(shard, leader, false, command -> command);
    }

    /// @param outcome of a command
    static StandingLog leading(ShardId shard, NodeId self, UnaryOperator<byte[]> outcome) {
        return new StandingLog(shard, self, true, outcome);
    }

    @Override
    public ShardId shard() {
        return shard;
    }

    @Override
    public CompletableFuture<Appended> append(Entry entry, Deadline deadline) {
        appended.addAll(entry.commands());
        return CompletableFuture.completedFuture(new Appended.Applied(1, entry.commands().stream().map(outcome).toList()));
    }

    @Override
    public ReplicaView view() {
        Role role = leads ? Role.LEADER : Role.FOLLOWER;
        return new ReplicaView(shard, "peer", role, 1, Optional.of(leader), 1, 1, -1, "RUNNING");
    }

    @Override
    public CompletableFuture<Void> whenApplied(long logIndex, Deadline deadline) {
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public Membership membership() {
        return new Membership(Set.of(), Set.of());
    }
}
