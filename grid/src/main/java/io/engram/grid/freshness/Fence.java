package io.engram.grid.freshness;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.ReplicaView;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.log.Timers;
import io.engram.grid.wire.TermsAnswer;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Establishes, on the leader of a shard, a log index that holds every write acknowledged before it was asked.
///
/// The leader notes its term T and its commit index, then asks all voters for their terms. A vote is persisted before it is
/// answered; so if a majority is still at T or below, no later leader had been elected when the first question was sent,
/// and nobody can have committed what this leader does not know. During a change of membership both majorities are needed.
///
/// Rounds are shared by all requests and by all shards of this node: one question per peer. Never blocks.
final class Fence {
    /// A peer that has not answered by now counts as silent in this round; whoever waits tries again while its own deadline lasts.
    static final Duration ROUND = Duration.ofMillis(400);

    private final NodeId self;
    private final Map<ShardId, ShardLog> replicas;
    private final FreshnessPeers peers;
    private final Clocks clocks;
    private final Timers timers;
    private final Rounds rounds;

    Fence(NodeId self, Map<ShardId, ShardLog> replicas, FreshnessPeers peers, Clocks clocks, Timers timers) {
        this.self = self;
        this.replicas = replicas;
        this.peers = peers;
        this.clocks = clocks;
        this.timers = timers;
        this.rounds = new Rounds(clocks.monotonic(), timers, this::begin);
    }

    /// What the next round says of each of these shards, all of which have a replica here. Ends within a few rounds' time.
    Map<ShardId, CompletableFuture<Fenced>> ask(Collection<ShardId> shards) {
        return rounds.join(shards);
    }

    private void begin(Map<ShardId, CompletableFuture<Fenced>> asked) {
        Moment began = clocks.now();
        Map<ShardId, Ballot> ballots = new LinkedHashMap<>();
        Set<NodeId> voters = new TreeSet<>();
        asked.forEach((shard, result) -> {
            Ballot ballot = open(shard, result, began);
            if (ballot != null && !ballot.settled()) {
                ballots.put(shard, ballot);
                voters.addAll(ballot.others());
            }
        });
        if (ballots.isEmpty()) return;
        Timers.Timer limit = timers.after(ROUND, () -> ballots.values().forEach(Ballot::giveUp));
        var _ = CompletableFuture.allOf(asked.values().toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> limit.cancel());
        for (NodeId voter : voters) {
            var _ = peers.terms(voter, clocks.in(ROUND)).whenComplete((answer, failure) -> count(ballots, voter, answer));
        }
    }

    private @Nullable Ballot open(ShardId shard, CompletableFuture<Fenced> result, Moment began) {
        ShardLog log = replicas.get(shard);
        if (log == null) throw new IllegalStateException("no replica of shard " + shard + " on " + self);
        ReplicaView view = log.view();
        if (!view.running()) {
            result.complete(new Fenced.NotReady(view.lifeCycle()));
            return null;
        }
        if (!view.leads()) {
            result.complete(new Fenced.NotLeader(view.leader().filter(leader -> !leader.equals(self))));
            return null;
        }
        // The membership is read after the view: a configuration that came up since then can only have been made by this
        // leader (a later one needs a majority of this one first), so it holds a majority that counts.
        return new Ballot(self, log, view, began, log.membership(), result);
    }

    private static void count(Map<ShardId, Ballot> ballots, NodeId voter, @Nullable TermsAnswer answer) {
        if (answer != null) {
            for (TermsAnswer.ShardTerm told : answer.getTermsList()) {
                Ballot ballot = ballots.get(new ShardId(told.getShard()));
                if (ballot != null) ballot.count(voter, told.getPeer(), told.getTerm());
            }
        }
        ballots.values().forEach(ballot -> ballot.answered(voter));
    }
}
