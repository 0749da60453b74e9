package io.engram.grid.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.cluster.Peers;
import io.engram.grid.freshness.FreshnessPeers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MembershipClient;
import io.engram.grid.log.NodeId;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.PeerQuestion;
import io.engram.grid.wire.ShardAnswer;
import io.engram.grid.wire.ShardQuery;
import io.engram.grid.wire.StatusAnswer;
import io.engram.grid.wire.StatusQuestion;
import io.engram.grid.wire.SubmitAnswer;
import io.engram.grid.wire.SubmitQuestion;
import io.engram.grid.wire.TermsAnswer;
import io.engram.grid.wire.TermsQuestion;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;

/// Asks other nodes, in the grid's own words. On the other side [PeerDesk] answers.
///
/// A call completes exceptionally with [RefusedException] if the other node answered that it will not, having done nothing;
/// with anything else if there was no answer: then it may have been carried out.
public final class PeerCalls implements FreshnessPeers, MembershipClient {
    private final NodeId self;
    private final Peers peers;

    public PeerCalls(NodeId self, Peers peers) {
        this.self = self;
        this.peers = peers;
    }

    @Override
    public CompletableFuture<TermsAnswer> terms(NodeId to, Deadline deadline) {
        return ask(to, question().setTerms(TermsQuestion.getDefaultInstance()), PeerAnswer.KindCase.TERMS, PeerAnswer::getTerms, deadline);
    }

    @Override
    public CompletableFuture<FencedIndexAnswer> fencedIndex(NodeId to, FencedIndexQuestion question, Deadline deadline) {
        return ask(to, question().setFencedIndex(question), PeerAnswer.KindCase.FENCED_INDEX, PeerAnswer::getFencedIndex, deadline);
    }

    @Override
    public CompletableFuture<MembershipAnswer> ask(NodeId to, MembershipQuestion question, Deadline deadline) {
        return ask(to, question().setMembership(question), PeerAnswer.KindCase.MEMBERSHIP, PeerAnswer::getMembership, deadline);
    }

    CompletableFuture<SubmitAnswer> submit(NodeId to, SubmitQuestion question, Deadline deadline) {
        return ask(to, question().setSubmit(question), PeerAnswer.KindCase.SUBMIT, PeerAnswer::getSubmit, deadline);
    }

    CompletableFuture<ShardAnswer> query(NodeId to, ShardQuery question, Deadline deadline) {
        return ask(to, question().setQuery(question), PeerAnswer.KindCase.QUERY, PeerAnswer::getQuery, deadline);
    }

    CompletableFuture<StatusAnswer> status(NodeId to, boolean withDigests, Deadline deadline) {
        var question = question().setStatus(StatusQuestion.newBuilder().setWithDigests(withDigests));
        return ask(to, question, PeerAnswer.KindCase.STATUS, PeerAnswer::getStatus, deadline);
    }

    private PeerQuestion.Builder question() {
        return PeerQuestion.newBuilder().setFrom(self.value());
    }

    private <T> CompletableFuture<T> ask(
            NodeId to, PeerQuestion.Builder question, PeerAnswer.KindCase wanted, Function<PeerAnswer, T> part, Deadline deadline) {
        CompletableFuture<byte[]> answer;
        try {
            answer = peers.ask(to, question.build().toByteArray(), deadline);
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
        return answer.thenApply(bytes -> part.apply(parse(to, bytes, wanted)));
    }

    private static PeerAnswer parse(NodeId from, byte[] bytes, PeerAnswer.KindCase wanted) {
        PeerAnswer answer;
        try {
            answer = PeerAnswer.parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            throw new CompletionException("node " + from + " gave an answer that is none", e);
        }
        if (answer.getKindCase() == PeerAnswer.KindCase.REFUSED) throw refusal(from, answer);
        if (answer.getKindCase() != wanted)
            throw new CompletionException("node " + from + " answered " + answer.getKindCase() + " when asked for " + wanted, null);
        return answer;
    }

    private static RefusedException refusal(NodeId from, PeerAnswer answer) {
        String name = answer.getRefused().getReason();
        Reason reason;
        try {
            reason = Reason.valueOf(name);
        } catch (IllegalArgumentException e) {
            // A newer node's reason: what this one can do about it is nothing.
            throw new CompletionException("node " + from + " refused with the unknown reason " + name, e);
        }
        return new RefusedException(reason, answer.getRefused().getMessage() + " (on node " + from + ")", answer.getRefused().getCurrentVersion(), null);
    }
}
