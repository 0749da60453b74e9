package io.engram.grid.memory.session;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.Submission;
import io.engram.grid.wire.Command;
import io.engram.grid.wire.Outcome;
import io.engram.grid.wire.Refused;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;

/// Asks again, until the deadline, when certainly nothing was appended and the cause passes: a shard between two leaders, a
/// full queue. Whatever else comes, and every refusal in an outcome, ends the attempt.
final class PatientSubmission {
    private static final Duration FIRST_PAUSE = Duration.ofMillis(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMillis(250);

    private final Submission submission;
    private final Timers timers;
    private final MonotonicClock clock;

    PatientSubmission(Submission submission, Timers timers, MonotonicClock clock) {
        this.submission = submission;
        this.timers = timers;
        this.clock = clock;
    }

    /// Completes with an outcome that is no refusal; fails with [RefusedException] only.
    CompletableFuture<Outcome> submit(ShardId shard, Command command, Deadline deadline) {
        CompletableFuture<Outcome> result = new CompletableFuture<>();
        attempt(shard, command, deadline, FIRST_PAUSE, result);
        return result;
    }

    private void attempt(
            ShardId shard, Command command, Deadline deadline, Duration pause, CompletableFuture<Outcome> result) {
        CompletableFuture<Outcome> attempt;
        try {
            attempt = submission.submit(shard, command, deadline);
        } catch (RuntimeException broken) {
            result.completeExceptionally(refusal(broken));
            return;
        }
        var _ = attempt.whenComplete((outcome, failure) -> {
            if (failure == null) {
                end(outcome, result);
                return;
            }
            RefusedException refused = refusal(failure);
            if (!passes(refused.reason()) || deadline.left(clock).compareTo(pause) <= 0) {
                result.completeExceptionally(refused);
                return;
            }
            Duration next = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            try {
                timers.after(pause, () -> attempt(shard, command, deadline, next, result));
            } catch (RejectedExecutionException closing) {
                result.completeExceptionally(refused); // still true: nothing was appended
            }
        });
    }

    private static void end(Outcome outcome, CompletableFuture<Outcome> result) {
        if (!outcome.hasRefused()) {
            result.complete(outcome);
            return;
        }
        Refused refused = outcome.getRefused();
        result.completeExceptionally(
                new RefusedException(Reason.named(refused.getReason()), refused.getMessage(), refused.getCurrentVersion(), null));
    }

    private static boolean passes(Reason reason) {
        return reason == Reason.NO_LEADER || reason == Reason.NOT_READY || reason == Reason.OVERLOADED || reason == Reason.DISK_FULL;
    }

    static RefusedException refusal(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof CompletionException && cause.getCause() != null) cause = cause.getCause();
        return cause instanceof RefusedException refused
                ? refused
                : new RefusedException(Reason.OUTCOME_UNKNOWN, "whether it was carried out is not known: " + cause, cause);
    }
}
