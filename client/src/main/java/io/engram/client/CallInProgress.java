package io.engram.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/// The attempts of one call: where it has been, what it has learned, what to do next.
///
/// Rounds of attempts follow one another; within a round, a second and a third node may be asked while the first is silent. All of
/// them carry the same request, a write under the same idempotency key: the cluster makes it once.
final class CallInProgress<Q, R, T> {
    /// An attempt gets half of the time left, so that a node that hangs leaves time for another; but not less than this.
    private static final Duration SHORTEST_ATTEMPT = Duration.ofSeconds(1);

    /// A node that has not answered for as long is not waited for alone. A call with less time left waits half of it.
    private static final Duration PATIENCE = Pulse.QUIET;
    /// Nor is an attempt begun that has less time: cut off at once, a write that was refused until then would be of unknown outcome.
    private static final Duration SHORTEST_PATIENCE = Duration.ofMillis(20);
    /// Nodes that may be at work on a call at once: in a cluster of three, the last one is asked when two have said nothing.
    private static final int AT_ONCE = 3;

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
    /// Guarded by itself, as is `begun`.
    private final List<NodeLink> tried = new ArrayList<>();
    private int begun;
    private volatile boolean mayBeDone;
    private volatile boolean cancelled;
    private volatile Optional<Race<T>> current = Optional.empty();

    /// @param deadline on the client's monotonic clock
    CallInProgress(Calls calls, Call<Q, R, T> call, long deadline) {
        this.calls = calls;
        this.call = call;
        this.deadline = deadline;
    }

    CompletionStage<T> attempt() {
        if (cancelled) return CompletableFuture.failedFuture(Closed.exception());
        Race<T> race = new Race<>(this::decides);
        current = Optional.of(race);
        enter(race);
        if (cancelled) race.cancel();
        if (!calls.alone()) waitFor(race, 1);
        return race.result();
    }

    private void waitFor(Race<T> race, int asked) {
        if (asked == AT_ONCE) return;
        calls.unlessOver(race, patience(), () -> {
            List<NodeLink> waitingFor = race.waitingFor();
            waitingFor.forEach(calls::quiet);
            waitFor(race, mayAskAnother(waitingFor) && enter(race) ? asked + 1 : asked);
        });
    }

    private Duration patience() {
        Duration half = Duration.ofNanos(Math.max(0, deadline - calls.nanoTime())).dividedBy(2);
        Duration wait = half.compareTo(PATIENCE) < 0 ? half : PATIENCE;
        return wait.compareTo(SHORTEST_PATIENCE) < 0 ? SHORTEST_PATIENCE : wait;
    }

    /// Only a node that seems well, and has not been asked, is worth a request more. What went to a silent node is no load on the cluster.
    private boolean mayAskAnother(List<NodeLink> waitingFor) {
        synchronized (tried) {
            if (begun >= calls.attempts() || !calls.another(tried)) return false;
        }
        boolean onlySilent = !waitingFor.isEmpty() && waitingFor.stream().allMatch(calls::silent);
        return onlySilent || calls.spendRetry();
    }

    /// @return false: the round is over
    private boolean enter(Race<T> race) {
        if (!race.reserve()) return false;
        NodeLink node;
        try {
            synchronized (tried) {
                node = calls.choose(call.place(), tried);
                tried.add(node);
                begun++;
            }
        } catch (EngramException closed) {
            race.release(closed);
            return false;
        }
        long sentAt = calls.nanoTime();
        CompletableFuture<R> attempt = Attempt.make(node, call.method(), call.request(), timeFor(sentAt));
        race.enter(new Race.Runner<>(node, attempt, attempt.handle((response, failure) -> {
            if (failure != null) throw failed(failure);
            calls.answered(node);
            return call.answer().apply(new Call.Reply<>(response, Duration.ofNanos(calls.nanoTime() - sentAt)));
        })));
        return true;
    }

    /// Of a write, only what the log has decided holds for its other attempts too.
    private boolean decides(Throwable failure) {
        Throwable bare = bare(failure);
        if (!(bare instanceof Attempt.Failed failed)) return true;
        if (passing(failed.fault())) return false;
        return call.idempotencyKey().isEmpty() || DECIDED_BY_THE_LOG.contains(failed.fault().reason());
    }

    private Duration timeFor(long now) {
        Duration left = Duration.ofNanos(Math.max(1, deadline - now));
        if (calls.alone()) return left;
        Duration half = left.dividedBy(2);
        Duration share = half.compareTo(SHORTEST_ATTEMPT) < 0 ? SHORTEST_ATTEMPT : half;
        return share.compareTo(left) < 0 ? share : left;
    }

    private RuntimeException failed(Throwable failure) {
        Throwable bare = bare(failure);
        if (!(bare instanceof Attempt.Failed failed)) return new CompletionException(bare);
        if (!failed.nothingDone()) mayBeDone = true;
        if (failed.nodeUnwell()) calls.failed(failed.node());
        else if (failed.sent()) calls.answered(failed.node());
        return failed;
    }

    boolean retryable(Throwable failure) {
        if (cancelled || !(failure instanceof Attempt.Failed failed)) return false;
        synchronized (tried) {
            if (begun >= calls.attempts()) return false;
        }
        return passing(failed.fault());
    }

    private static boolean passing(Fault fault) {
        if (!fault.reason().isEmpty()) return RETRYABLE.contains(fault.reason());
        return switch (fault.code()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, UNKNOWN, INTERNAL -> true;
            default -> false;
        };
    }

    private static Throwable bare(Throwable failure) {
        return failure instanceof CompletionException wrapped && wrapped.getCause() != null ? wrapped.getCause() : failure;
    }

    /// @return milliseconds; negative: no further attempt
    long waitBefore(int attempt, Throwable failure) {
        if (!(failure instanceof Attempt.Failed failed)) return -1;
        // What never left this machine is no load on the cluster either.
        if (failed.sent() && !calls.silent(failed.node()) && !calls.spendRetry()) return -1;
        boolean another;
        synchronized (tried) {
            another = calls.another(tried);
            if (!another) tried.clear();
        }
        long wait = 0;
        if (!another || !Attempt.elsewhereMayDo(failed.fault())) {
            long asked = failed.fault().retryAfter().map(Duration::toMillis).orElse(0L);
            wait = Math.max(asked, calls.backoff(attempt).toMillis());
        }
        long left = (deadline - calls.nanoTime()) / 1_000_000 - SHORTEST_PATIENCE.toMillis();
        return wait >= left ? -1 : wait;
    }

    /// What to tell the caller.
    EngramException verdict(Throwable failure) {
        Throwable bare = bare(failure);
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

    /// What to tell the caller when the client closes. An attempt that was not told may have been carried out.
    EngramException abandoned() {
        cancelled = true;
        if (current.map(Race::asking).orElse(false)) mayBeDone = true;
        return verdict(Closed.exception());
    }

    void cancel() {
        cancelled = true;
        current.ifPresent(Race::cancel);
    }
}
