package io.engram.grid.route;

import com.google.protobuf.InvalidProtocolBufferException;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.cluster.Peers;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.OutcomeUnknownException;
import io.engram.grid.wire.FencedIndexAnswer;
import io.engram.grid.wire.FencedIndexQuestion;
import io.engram.grid.wire.MembershipAnswer;
import io.engram.grid.wire.MembershipQuestion;
import io.engram.grid.wire.PeerAnswer;
import io.engram.grid.wire.PeerQuestion;
import io.engram.grid.wire.PeerRefusal;
import io.engram.grid.wire.ShardAnswer;
import io.engram.grid.wire.ShardQuery;
import io.engram.grid.wire.StatusAnswer;
import io.engram.grid.wire.StatusQuestion;
import io.engram.grid.wire.SubmitAnswer;
import io.engram.grid.wire.SubmitQuestion;
import io.engram.grid.wire.TermsAnswer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Hands each question of another node to the part that knows the answer.
///
/// A refusal goes back as such only where certainly nothing was done; a write of which that is not certain says so in its answer.
public final class PeerDesk implements Peers.Answering {
    private static final Logger log = LoggerFactory.getLogger(PeerDesk.class);

    /// The parts that know. None may block.
    public interface Parts {
        CompletableFuture<TermsAnswer> terms();

        CompletableFuture<FencedIndexAnswer> fencedIndex(FencedIndexQuestion question, Deadline deadline);

        CompletableFuture<SubmitAnswer> submit(SubmitQuestion question, Deadline deadline);

        CompletableFuture<ShardAnswer> query(ShardQuery question, Deadline deadline);

        CompletableFuture<StatusAnswer> status(StatusQuestion question, Deadline deadline);

        CompletableFuture<MembershipAnswer> membership(MembershipQuestion question, Deadline deadline);
    }

    private final Parts parts;

    public PeerDesk(Parts parts) {
        this.parts = parts;
    }

    @Override
    public CompletableFuture<byte[]> answer(byte[] bytes, Deadline deadline) {
        CompletableFuture<PeerAnswer> answer;
        try {
            answer = dispatch(PeerQuestion.parseFrom(bytes), deadline);
        } catch (InvalidProtocolBufferException e) {
            answer = CompletableFuture.failedFuture(new RefusedException(Reason.INVALID_ARGUMENT, "the question is none", e));
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        return answer.exceptionally(PeerDesk::refusal).thenApply(PeerAnswer::toByteArray);
    }

    private CompletableFuture<PeerAnswer> dispatch(PeerQuestion question, Deadline deadline) {
        return switch (question.getKindCase()) {
            case TERMS -> parts.terms().thenApply(a -> PeerAnswer.newBuilder().setTerms(a).build());
            case FENCED_INDEX -> parts.fencedIndex(question.getFencedIndex(), deadline)
                    .thenApply(a -> PeerAnswer.newBuilder().setFencedIndex(a).build());
            case SUBMIT -> parts.submit(question.getSubmit(), deadline).thenApply(a -> PeerAnswer.newBuilder().setSubmit(a).build());
            case QUERY -> parts.query(question.getQuery(), deadline).thenApply(a -> PeerAnswer.newBuilder().setQuery(a).build());
            case STATUS -> parts.status(question.getStatus(), deadline).thenApply(a -> PeerAnswer.newBuilder().setStatus(a).build());
            case MEMBERSHIP -> parts.membership(question.getMembership(), deadline)
                    .thenApply(a -> PeerAnswer.newBuilder().setMembership(a).build());
            case KIND_NOT_SET -> CompletableFuture.failedFuture(
                    new RefusedException(Reason.INVALID_ARGUMENT, "this node does not know the question"));
        };
    }

    private static PeerAnswer refusal(Throwable thrown) {
        Throwable fault = thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        var refusal = PeerRefusal.newBuilder();
        switch (fault) {
            case RefusedException refused -> refusal.setReason(refused.reason().name())
                    .setMessage(String.valueOf(refused.getMessage()))
                    .setCurrentVersion(refused.currentVersion());
            case OutcomeUnknownException unknown -> refusal.setReason(Reason.OUTCOME_UNKNOWN.name()).setMessage(String.valueOf(unknown.getMessage()));
            default -> {
                log.error("peer question failed", fault);
                refusal.setReason(Reason.INTERNAL.name()).setMessage(fault.toString());
            }
        }
        return PeerAnswer.newBuilder().setRefused(refusal).build();
    }
}
