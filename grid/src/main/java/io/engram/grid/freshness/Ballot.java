package io.engram.grid.freshness;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.ShardLog.Voter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/// One shard's part of one round of the fence. Safe for use by many threads.
final class Ballot {
    private final ShardLog log;
    private final ReplicaView view;
    private final Moment began;
    private final ShardLog.Membership membership;
    private final CompletableFuture<Fenced> result;
    private final Set<Voter> inFavour = new HashSet<>();
    private final Set<NodeId> silent = new TreeSet<>();

    /// @param view of the leading replica, read after the round began
    /// @param membership read after `view`
    Ballot(
            NodeId self, ShardLog log, ReplicaView view, Moment began, ShardLog.Membership membership,
            CompletableFuture<Fenced> result) {
        this.log = log;
        this.view = view;
        this.began = began;
        this.membership = membership;
        this.result = result;
        for (Set<Voter> voters : List.of(membership.current(), membership.previous()))
            for (Voter voter : voters) if (!voter.node().equals(self)) silent.add(voter.node());
        // The leader's own vote: it holds only if it still leads in this term in the end, which `settle` looks at anyway.
        inFavour.add(new Voter(self, view.peer()));
        settleIfDecided();
    }

    Set<NodeId> others() {
        synchronized (inFavour) {
            return new TreeSet<>(silent);
        }
    }

    boolean settled() {
        return result.isDone();
    }

    /// Counts the term that `node` told for its replica `peer`, if that is the very voter who was asked: a node that lost its
    /// disk has another peer, and what that one has forgotten says nothing. Terms below 1 were never loaded.
    void count(NodeId node, String peer, long term) {
        Voter voter = new Voter(node, peer);
        if (term < 1 || !(membership.current().contains(voter) || membership.previous().contains(voter))) return;
        if (term > view.term()) {
            result.complete(new Fenced.NotLeader(Optional.empty()));
            return;
        }
        synchronized (inFavour) {
            inFavour.add(voter);
        }
        settleIfDecided();
    }

    /// No more is to be heard from `node`.
    void answered(NodeId node) {
        boolean last;
        synchronized (inFavour) {
            last = silent.remove(node) && silent.isEmpty();
        }
        if (last) giveUp();
    }

    /// Ends the ballot, without a result if there is none yet.
    void giveUp() {
        result.complete(new Fenced.NoMajority());
    }

    private void settleIfDecided() {
        synchronized (inFavour) {
            if (!majority(membership.current())) return;
            if (!membership.previous().isEmpty() && !majority(membership.previous())) return;
        }
        // After the majority, not before: the leader's own term may have moved on while the others answered.
        ReplicaView now = log.view();
        boolean leadsStill = now.running() && now.leads() && now.term() == view.term() && now.peer().equals(view.peer());
        result.complete(
                leadsStill
                        ? new Fenced.Proven(view.term(), view.committed(), began, ShardProof.How.FENCED_LEADER)
                        : new Fenced.NotLeader(now.leader().filter(leader -> now.role() == ReplicaView.Role.FOLLOWER)));
    }

    private boolean majority(Set<Voter> voters) {
        long count = voters.stream().filter(inFavour::contains).count();
        return 2 * count > voters.size();
    }
}
