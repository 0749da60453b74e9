package io.engram.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// The attempts of one call: where it has been, what it has learned, what to do next.
///
/// Attempts follow one another, so only `cancel` comes from other threads.
final class CallInProgress<Q, R, T> {
    /// An attempt gets half of the time left, so that a node that hangs leaves time for another; but not less than this.
    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

    /// The request did not get to where it could be decided; here or elsewhere it may, now or soon.
    private static final Set<String> RETRYABLE = Set.of(
            "NO_LEADER", "NOT_READY", "OVERLOADED", "STALE", "REPLICA_NOT_HERE", "DISK_FULL", "OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED",
            "IDEMPOTENCY_TABLE_FULL", "INTERNAL");

    /// After an attempt whose outcome is unknown, these still tell it: the shard's table of idempotency keys holds them,
    /// so they are the outcome of whichever attempt came first.
    private static final Set<String> DECIDED_BY_THE_LOG = Set.of(
            "VERSION_CONFLICT", "REVISION_CONFLICT", "MEMORY_NOT_FOUND", "SPACE_EXISTS", "IDEMPOTENCY_KEY_REUSED");

    private final Calls calls;
    private final Call<Q, R, T> call;
    private final long deadline;
    private final List<NodeLink> tried = new ArrayList<>();
    private boolean mayBeDone;
    private volatile boolean cancelled;
    private volatile CompletableFuture<?> current = CompletableFuture.completedFuture(null);

    /// @param deadline on the client's monotonic clock
    CallInProgress(Calls calls, Call<Q, R, T> call, long deadline) {
        this.calls = calls;
        this.call = call;
        this.deadline = deadline;
    }

    CompletionStage<T> attempt() {
        if (cancelled) return CompletableFuture.failedFuture(Closed.exception());
        NodeLink node;
        try {
            node = calls.choose(call.place(), tried);
        } catch (EngramException closed) {
            return CompletableFuture.failedFuture(closed);
        }
        tried.add(node);
        long sentAt = calls.nanoTime();
        CompletableFuture<R> attempt = Attempt.make(node, call.method(), call.request(), timeFor(sentAt));
        current = attempt;
        if (cancelled) attempt.cancel(true);
        return attempt.handle((response, failure) -> {
            if (failure != null) throw failed(failure);
            calls.answered(node);
            return call.answer().apply(new Call.Reply<>(response, Duration.ofNanos(calls.nanoTime() - sentAt)));
        });
    }

    private Duration timeFor(long now) {
        Duration left = Duration.ofNanos(Math.max(1, deadline - now));
        if (calls.alone()) return left;
        Duration half = left.dividedBy(2);
        Duration share = half.compareTo(SHORTEST_ATTEMPT) < 0 ? SHORTEST_ATTEMPT : half;
        return share.compareTo(left) < 0 ? share : left;
    }

    private RuntimeException failed(Throwable failure) {
        Throwable bare = failure instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : failure;
        if (!(bare instanceof Attempt.Failed failed)) return new CompletionException(bare);
        if (!failed.nothingDone()) mayBeDone = true;
        if (failed.nodeUnwell()) calls.failed(failed.node());
        else if (failed.sent()) calls.answered(failed.node());
        return failed;
    }

    boolean retryable(Throwable failure) {
        if (cancelled || !(failure instanceof Attempt.Failed failed)) return false;
        Fault fault = failed.fault();
        if (!fault.reason().isEmpty()) return RETRYABLE.contains(fault.reason());
        return switch (fault.code()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, UNKNOWN, INTERNAL -> true;
            default -> false;
        };
    }

    /// @return milliseconds; negative: no further attempt
    long waitBefore(int attempt, Throwable failure) {
        if (!(failure instanceof Attempt.Failed failed)) return -1;
        // What never left this machine is no load on the cluster.
        if (failed.sent() && !calls.spendRetry()) return -1;
        boolean another = calls.another(tried);
        if (!another) tried.clear();
        long wait = 0;
        if (!another || !Attempt.elsewhereMayDo(failed.fault())) {
            long asked = failed.fault().retryAfter().map(Duration::toMillis).orElse(0L);
            wait = Math.max(asked, calls.backoff(attempt).toMillis());
        }
        long left = (deadline - calls.nanoTime()) / 1_000_000;
        return wait >= left ? -1 : wait;
    }

    /// What to tell the caller.
    EngramException verdict(Throwable failure) {
        Throwable bare = failure instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : failure;
        if (bare instanceof Attempt.Failed failed) {
            boolean undecided = mayBeDone && !DECIDED_BY_THE_LOG.contains(failed.fault().reason());
            if (call.idempotencyKey().isPresent() && undecided)
                return new OutcomeUnknownException(failed.fault(), call.idempotencyKey().get(), failed.getCause());
            return Faults.exception(failed.fault(), failed.getCause());
        }
        EngramException found = bare instanceof EngramException known
                ? known
                : new InternalException(
                        Fault.local(Status.Code.INTERNAL, "CLIENT_FAULT", call.name() + " failed in the client: " + bare), bare);
        // A write that was answered has been made, whatever we then make of the answer.
        if (call.idempotencyKey().isPresent() && !(found instanceof CancelledException && !mayBeDone))
            return new OutcomeUnknownException(found.fault(), call.idempotencyKey().get(), found);
        return found;
    }

    void cancel() {
        cancelled = true;
        current.cancel(true);
    }
}
