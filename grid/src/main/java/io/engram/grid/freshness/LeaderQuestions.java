package io.engram.grid.freshness;

import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import java.time.Duration;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/// Asks the leaders of shards for fenced indexes: one question per leading node, for all shards it is asked about, shared by
/// all reads that were waiting when it was sent. Never blocks.
final class LeaderQuestions {
    /// On the wire: nobody is known to lead.
    static final String NOBODY = "?";

    /// Covers a whole round of the leader's fence that began just before, its own, and the way there and back.
    static final Duration LIMIT = Fence.ROUND.multipliedBy(2).plusMillis(200);

    private final FreshnessPeers peers;
    private final Clocks clocks;
    private final Timers timers;
    private final Map<NodeId, Rounds> rounds = new ConcurrentHashMap<>();

    LeaderQuestions(FreshnessPeers peers, Clocks clocks, Timers timers) {
        this.peers = peers;
        this.clocks = clocks;
        this.timers = timers;
    }

    /// What `node`, believed to lead these shards, says in answer to a question that is sent after this call.
    Map<ShardId, CompletableFuture<Fenced>> ask(NodeId node, Collection<ShardId> shards) {
        return rounds.computeIfAbsent(node, n -> new Rounds(clocks.monotonic(), timers, asked -> begin(n, asked))).join(shards);
    }

    private void begin(NodeId node, Map<ShardId, CompletableFuture<Fenced>> asked) {
        FencedIndexQuestion.Builder question = FencedIndexQuestion.newBuilder();
        asked.keySet().forEach(shard -> question.addShards(shard.value()));
        Timers.Timer limit = timers.after(LIMIT, () -> giveUp(asked));
        // Noted at sending: what was acknowledged while the answer was on its way may be missing from it.
        Moment sent = clocks.now();
        var _ = peers.fencedIndex(node, question.build(), clocks.in(LIMIT)).whenComplete((answer, failure) -> {
            limit.cancel();
            if (answer != null) take(asked, answer, sent);
            giveUp(asked);
        });
    }

    private static void take(Map<ShardId, CompletableFuture<Fenced>> asked, FencedIndexAnswer answer, Moment sent) {
        for (FencedIndexAnswer.Fenced told : answer.getShardsList()) {
            CompletableFuture<Fenced> result = asked.get(new ShardId(told.getShard()));
            if (result == null) continue;
            result.complete(
                    told.getLeader().isEmpty()
                            ? new Fenced.Proven(told.getTerm(), told.getLogIndex(), sent, ShardProof.How.FENCED_FOLLOWER)
                            : new Fenced.NotLeader(hint(told.getLeader())));
        }
    }

    private static Optional<NodeId> hint(String leader) {
        return leader.equals(NOBODY) ? Optional.empty() : Optional.of(new NodeId(leader));
    }

    private static void giveUp(Map<ShardId, CompletableFuture<Fenced>> asked) {
        asked.values().forEach(result -> result.complete(new Fenced.NoMajority()));
    }
}
