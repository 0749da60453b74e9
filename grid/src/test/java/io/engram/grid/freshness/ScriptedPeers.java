package io.engram.grid.freshness;

import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// Other nodes that answer when the test says.
final class ScriptedPeers implements FreshnessPeers {
    record AskedTerms(String node, CompletableFuture<TermsAnswer> answer) {
        void tells(int shard, long term) {
            tells(shard, term, ScriptedLog.peer(node));
        }

        void tells(int shard, long term, String peer) {
            answer.complete(TermsAnswer.newBuilder()
                    .addTerms(TermsAnswer.ShardTerm.newBuilder().setShard(shard).setTerm(term).setPeer(peer))
                    .build());
        }

        void tellsOfAll(int shards, long term) {
            TermsAnswer.Builder told = TermsAnswer.newBuilder();
            for (int shard = 0; shard < shards; shard++)
                told.addTerms(TermsAnswer.ShardTerm.newBuilder().setShard(shard).setTerm(term).setPeer(ScriptedLog.peer(node)));
            answer.complete(told.build());
        }

        void cannotBeReached() {
            answer.completeExceptionally(new IllegalStateException("connection refused"));
        }
    }

    record AskedIndex(String node, List<Integer> shards, CompletableFuture<FencedIndexAnswer> answer) {
        void fences(long index, long term) {
            FencedIndexAnswer.Builder told = FencedIndexAnswer.newBuilder();
            for (int shard : shards)
                told.addShards(FencedIndexAnswer.Fenced.newBuilder().setShard(shard).setLogIndex(index).setTerm(term));
            answer.complete(told.build());
        }

        void pointsTo(String leader) {
            FencedIndexAnswer.Builder told = FencedIndexAnswer.newBuilder();
            for (int shard : shards) told.addShards(FencedIndexAnswer.Fenced.newBuilder().setShard(shard).setLeader(leader));
            answer.complete(told.build());
        }
    }

    final List<AskedTerms> terms = new ArrayList<>();
    final List<AskedIndex> indexes = new ArrayList<>();

    /// The last question of terms to this node.
    AskedTerms terms(String node) {
        return terms.stream().filter(asked -> asked.node().equals(node)).reduce((a, b) -> b).orElseThrow();
    }

    AskedIndex index(String node) {
        return indexes.stream().filter(asked -> asked.node().equals(node)).reduce((a, b) -> b).orElseThrow();
    }

    @Override
    public CompletableFuture<TermsAnswer> terms(NodeId to, Deadline deadline) {
        CompletableFuture<TermsAnswer> answer = new CompletableFuture<>();
        terms.add(new AskedTerms(to.value(), answer));
        return answer;
    }

    @Override
    public CompletableFuture<FencedIndexAnswer> fencedIndex(NodeId to, FencedIndexQuestion question, Deadline deadline) {
        CompletableFuture<FencedIndexAnswer> answer = new CompletableFuture<>();
        indexes.add(new AskedIndex(to.value(), question.getShardsList(), answer));
        return answer;
    }
}
