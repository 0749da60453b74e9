package io.engram.grid.simulation;

import io.engram.grid.freshness.FreshnessPeers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.ShardLog;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/// Breaks the gate from outside, for the variations that concern its questions.
final class BrokenPeers {
    private BrokenPeers() {}

    static FreshnessPeers of(Variation variation, FreshnessPeers honest, Map<ShardId, ShardLog> replicas) {
        return switch (variation) {
            case FENCE_ASKS_NOBODY -> new AsksNobody(honest, replicas);
            case PROOF_TIMED_AT_ANSWER -> new HandsOutTheLastAnswer(honest, new HashMap<>());
            default -> honest;
        };
    }

    /// As a leader with a lease for ever: everybody is still in its term.
    private record AsksNobody(FreshnessPeers honest, Map<ShardId, ShardLog> replicas) implements FreshnessPeers {
        @Override
        public CompletableFuture<TermsAnswer> terms(NodeId to, Deadline deadline) {
            TermsAnswer.Builder answer = TermsAnswer.newBuilder();
            replicas.forEach((shard, log) -> log.membership().current().stream()
                    .filter(voter -> voter.node().equals(to))
                    .forEach(voter -> answer.addTerms(
                            TermsAnswer.ShardTerm.newBuilder().setShard(shard.value()).setTerm(1).setPeer(voter.peer()))));
            return CompletableFuture.completedFuture(answer.build());
        }

        @Override
        public CompletableFuture<FencedIndexAnswer> fencedIndex(NodeId to, FencedIndexQuestion question, Deadline deadline) {
            return honest.fencedIndex(to, question, deadline);
        }
    }

    /// The question goes out, and what came for the one before is taken for its answer: so the age of what is proven counts from
    /// when the answer came, not from when it was asked for.
    private record HandsOutTheLastAnswer(FreshnessPeers honest, Map<String, FencedIndexAnswer> last) implements FreshnessPeers {
        @Override
        public CompletableFuture<TermsAnswer> terms(NodeId to, Deadline deadline) {
            return honest.terms(to, deadline);
        }

        @Override
        public CompletableFuture<FencedIndexAnswer> fencedIndex(NodeId to, FencedIndexQuestion question, Deadline deadline) {
            String about = to + " " + question.getShardsList();
            FencedIndexAnswer before = last.get(about);
            CompletableFuture<FencedIndexAnswer> asked = honest.fencedIndex(to, question, deadline).thenApply(answer -> {
                last.put(about, answer);
                return answer;
            });
            return before == null ? asked : CompletableFuture.completedFuture(before);
        }
    }
}
