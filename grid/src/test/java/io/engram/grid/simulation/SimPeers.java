package io.engram.grid.simulation;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.cluster.Peers;
import io.engram.grid.freshness.FreshnessPeers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.NodeId;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.PeerQuestion;
import io.engram.grid.wire.TermsAnswer;
import io.engram.grid.wire.TermsQuestion;
import java.util.concurrent.CompletableFuture;

/// The gate's questions as bytes on the simulated network.
record SimPeers(NodeId self, Peers peers) implements FreshnessPeers {
    @Override
    public CompletableFuture<TermsAnswer> terms(NodeId to, Deadline deadline) {
        PeerQuestion.Builder question = PeerQuestion.newBuilder().setTerms(TermsQuestion.getDefaultInstance());
        return ask(to, question, deadline).thenApply(PeerAnswer::getTerms);
    }

    @Override
    public CompletableFuture<FencedIndexAnswer> fencedIndex(NodeId to, FencedIndexQuestion asked, Deadline deadline) {
        return ask(to, PeerQuestion.newBuilder().setFencedIndex(asked), deadline).thenApply(PeerAnswer::getFencedIndex);
    }

    private CompletableFuture<PeerAnswer> ask(NodeId to, PeerQuestion.Builder question, Deadline deadline) {
        return peers.ask(to, question.setFrom(self.value()).build().toByteArray(), deadline).thenApply(bytes -> {
            try {
                return PeerAnswer.parseFrom(bytes);
            } catch (InvalidProtocolBufferException e) {
                throw new IllegalStateException(e);
            }
        });
    }
}
