package io.engram.grid.freshness;

import io.engram.grid.log.Appended;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.Entry;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.memory.ManualTime;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;

/// A replica that is whatever the test says.
final class ScriptedLog implements ShardLog {
    private final ShardId shard;
    private final ManualTime time;
    private final TreeMap<Long, CompletableFuture<Void>> waiting = new TreeMap<>();
    private Membership membership;
    ReplicaView view;
    boolean broken;

    ScriptedLog(int shard, ManualTime time, String self, String... nodes) {
        this.shard = new ShardId(shard);
        this.time = time;
        this.membership = new Membership(voters(nodes), Set.of());
        this.view = new ReplicaView(
                this.shard, peer(self), ReplicaView.Role.FOLLOWER, 1, Optional.empty(), -1, -1, -1, "RUNNING");
    }

    static String peer(String node) {
        return node + "-peer";
    }

    static Set<Voter> voters(String... nodes) {
        Set<Voter> voters = new LinkedHashSet<>();
        for (String node : nodes) voters.add(new Voter(new NodeId(node), peer(node)));
        return voters;
    }

    ScriptedLog leads(long term, long committed) {
        return is(ReplicaView.Role.LEADER, term, Optional.empty(), committed);
    }

    ScriptedLog follows(String leader, long term, long committed) {
        return is(ReplicaView.Role.FOLLOWER, term, Optional.of(new NodeId(leader)), committed);
    }

    ScriptedLog knowsNoLeader(long term) {
        return is(ReplicaView.Role.FOLLOWER, term, Optional.empty(), view.committed());
    }

    private ScriptedLog is(ReplicaView.Role role, long term, Optional<NodeId> leader, long committed) {
        view = new ReplicaView(shard, view.peer(), role, term, leader, committed, view.applied(), -1, "RUNNING");
        return this;
    }

    void applied(long index) {
        view = new ReplicaView(
                shard, view.peer(), view.role(), view.term(), view.leader(), view.committed(), index, -1, view.lifeCycle());
        while (!waiting.isEmpty() && waiting.firstKey() <= index) waiting.pollFirstEntry().getValue().complete(null);
    }

    void lifeCycle(String state) {
        view = new ReplicaView(
                shard, view.peer(), view.role(), view.term(), view.leader(), view.committed(), view.applied(), -1, state);
    }

    void changing(Set<Voter> current, Set<Voter> previous) {
        membership = new Membership(current, previous);
    }

    @Override
    public ShardId shard() {
        return shard;
    }

    @Override
    public ReplicaView view() {
        if (broken) throw new IllegalStateException("the replica is being closed");
        return view;
    }

    @Override
    public Membership membership() {
        return membership;
    }

    @Override
    public CompletableFuture<Void> whenApplied(long logIndex, Deadline deadline) {
        if (view.applied() >= logIndex) return CompletableFuture.completedFuture(null);
        CompletableFuture<Void> result = new CompletableFuture<>();
        waiting.merge(logIndex, result, (first, second) -> {
            var _ = first.thenAccept(second::complete);
            return first;
        });
        time.after(deadline.left(time), () -> result.completeExceptionally(new TimeoutException("not applied")));
        return result;
    }

    @Override
    public CompletableFuture<Appended> append(Entry entry, Deadline deadline) {
        return CompletableFuture.failedFuture(new UnsupportedOperationException("nothing is appended here"));
    }
}
