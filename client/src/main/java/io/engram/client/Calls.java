package io.engram.client;

import io.github.resilience4j.core.IntervalFunction;
import io.github.resilience4j.core.functions.Either;
import io.github.resilience4j.retry.Retry;
import io.github.resilience4j.retry.RetryConfig;
import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/// Carries calls out: picks nodes, retries what is safe within deadline and budget, and tells a failed write from one
/// whose outcome is unknown. For many threads.
final class Calls {
    /// gRPC ends every attempt by its deadline; this is for the machine being slow to tell.
    private static final Duration SLACK = Duration.ofSeconds(5);

    private final Nodes nodes;
    private final Leaders leaders;
    private final RetryPolicy policy;
    private final RetryBudget budget;
    private final IntervalFunction backoff;
    private final ScheduledExecutorService timer;
    private final Semaphore permits;
    private final LongSupplier nanoTime;
    private final Pulse pulse;
    private final Runnable nodeFailed;
    /// Ends each call that has not ended; as many as there are permits.
    private final Set<Runnable> underWay = ConcurrentHashMap.newKeySet();

    /// @param nodeFailed called when a node seems unwell; must not block
    Calls(
            Nodes nodes, Leaders leaders, RetryPolicy policy, ScheduledExecutorService timer, int maxInFlight,
            LongSupplier nanoTime, Pulse pulse, Runnable nodeFailed) {
        this.nodes = nodes;
        this.leaders = leaders;
        this.policy = policy;
        this.budget = new RetryBudget(policy, nanoTime);
        this.backoff = IntervalFunction.ofExponentialRandomBackoff(policy.firstBackoff(), 2, 0.5, policy.longestBackoff());
        this.timer = timer;
        this.permits = new Semaphore(maxInFlight);
        this.nanoTime = nanoTime;
        this.pulse = pulse;
        this.nodeFailed = nodeFailed;
    }

    Leaders leaders() {
        return leaders;
    }

    long nanoTime() {
        return nanoTime.getAsLong();
    }

    /// Asynchronous: fails with `CLIENT_BUSY` at once if too much is in flight. Cancelling the result ends the call.
    <Q, R, T> CompletableFuture<T> start(Call<Q, R, T> call) {
        if (!permits.tryAcquire()) return CompletableFuture.failedFuture(busy());
        return begin(call, call.deadline());
    }

    /// Blocking: waits for its turn within the deadline.
    ///
    /// @throws CancelledException if interrupted during a read; during a write, [OutcomeUnknownException]
    <Q, R, T> T await(Call<Q, R, T> call) {
        long start = System.nanoTime();
        try {
            if (!permits.tryAcquire() && !permits.tryAcquire(call.deadline().toNanos(), TimeUnit.NANOSECONDS)) throw busy();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CancelledException(interruption(call), interrupted);
        }
        // A turn that came at the very end still makes one attempt, which ends at once.
        Duration left = call.deadline().minusNanos(System.nanoTime() - start);
        CompletableFuture<T> result = begin(call, left.isNegative() ? Duration.ofNanos(1) : left);
        try {
            return result.get(call.deadline().plus(SLACK).toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof EngramException failure) throw Faults.again(failure);
            throw new InternalException(
                    Fault.local(Status.Code.INTERNAL, "CLIENT_FAULT", call.name() + " failed in the client"), failed.getCause());
        } catch (InterruptedException interrupted) {
            result.cancel(true);
            Thread.currentThread().interrupt();
            throw call.idempotencyKey().isPresent()
                    ? new OutcomeUnknownException(interruption(call), call.idempotencyKey().get(), interrupted)
                    : new CancelledException(interruption(call), interrupted);
        } catch (TimeoutException late) {
            result.cancel(true);
            Fault fault = Fault.local(Status.Code.DEADLINE_EXCEEDED, "DEADLINE_EXCEEDED", call.name() + " was not answered in time");
            throw call.idempotencyKey().isPresent()
                    ? new OutcomeUnknownException(fault, call.idempotencyKey().get(), late)
                    : new DeadlineException(fault, late);
        }
    }

    private <Q, R, T> CompletableFuture<T> begin(Call<Q, R, T> call, Duration deadline) {
        budget.called();
        CallInProgress<Q, R, T> progress = new CallInProgress<>(this, call, nanoTime() + deadline.toNanos());
        CompletableFuture<T> result = new CompletableFuture<>();
        Runnable abandon = () -> result.completeExceptionally(progress.abandoned());
        // Before a node is chosen: a call that still finds one is seen by close().
        underWay.add(abandon);
        var unused = result.whenComplete((value, failure) -> {
            underWay.remove(abandon);
            permits.release();
            if (result.isCancelled()) progress.cancel();
        });
        var unusedToo = retry(progress).executeCompletionStage(timer, progress::attempt).whenComplete((value, failure) -> {
            if (failure == null) result.complete(value);
            else result.completeExceptionally(progress.verdict(failure));
        });
        return result;
    }

    /// Tells whoever still waits that no more will come: of attempts that were cut off, and of those that would have been made later.
    /// Call when the nodes are closed.
    void close() {
        List.copyOf(underWay).forEach(Runnable::run);
    }

    private Retry retry(CallInProgress<?, ?, ?> progress) {
        return Retry.of(
                "engram-client",
                RetryConfig.custom()
                        .maxAttempts(policy.attempts())
                        .retryOnException(progress::retryable)
                        .intervalBiFunction((Integer attempt, Either<Throwable, Object> outcome) ->
                                progress.waitBefore(attempt, outcome.getLeft()))
                        .build());
    }

    /// A future made from another one; cancelling it cancels the other.
    static <T> CompletableFuture<T> cancelling(CompletableFuture<?> asked, CompletableFuture<T> made) {
        var unused = made.whenComplete((value, failure) -> {
            if (made.isCancelled()) asked.cancel(true);
        });
        return made;
    }

    NodeLink choose(Optional<Leaders.Place> place, java.util.Collection<NodeLink> tried) {
        return nodes.choose(place.flatMap(leaders::leader), tried);
    }

    boolean another(java.util.Collection<NodeLink> tried) {
        return nodes.another(tried);
    }

    boolean alone() {
        return nodes.alone();
    }

    void answered(NodeLink node) {
        nodes.answered(node);
    }

    void failed(NodeLink node) {
        nodes.failed(node);
        nodeFailed.run();
    }

    /// A call has waited for this node for long.
    void quiet(NodeLink node) {
        pulse.feel(node);
    }

    boolean silent(NodeLink node) {
        return nodes.isSilent(node);
    }

    int attempts() {
        return policy.attempts();
    }

    /// Runs a task unless the call ends before.
    void unlessOver(Race<?> race, Duration wait, Runnable task) {
        try {
            ScheduledFuture<?> timed = timer.schedule(task, wait.toNanos(), TimeUnit.NANOSECONDS);
            var unused = race.result().whenComplete((value, failure) -> timed.cancel(false));
        } catch (RejectedExecutionException closing) {
            // The attempts under way end by their own deadlines.
        }
    }

    boolean spendRetry() {
        return budget.spend();
    }

    Duration backoff(int attempt) {
        return Duration.ofMillis(backoff.apply(attempt));
    }

    private static EngramException busy() {
        return new OverloadedException(
                Fault.local(Status.Code.RESOURCE_EXHAUSTED, "CLIENT_BUSY", "too many calls of this client are in flight"), null);
    }

    private static Fault interruption(Call<?, ?, ?> call) {
        return Fault.local(Status.Code.CANCELLED, "INTERRUPTED", "interrupted while waiting for " + call.name());
    }
}
