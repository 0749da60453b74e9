package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/// Where the blocking facade waits for what is asynchronous below it.
final class Waits {
    /// What is waited for ends by the same deadline by itself, and then says more than a time-out could.
    private static final Duration GRACE = Duration.ofMillis(250);

    private Waits() {}

    /// Waits for what was read.
    ///
    /// @throws RefusedException whatever went wrong
    static <T> T until(CompletableFuture<T> future, Deadline deadline, MonotonicClock clock) {
        return until(future, deadline, clock, Reason.DEADLINE_EXCEEDED);
    }

    /// Waits for a write. Nobody knows what became of one that has not ended by the deadline, not even that nothing was begun.
    ///
    /// @throws RefusedException whatever went wrong
    static <T> T written(CompletableFuture<T> future, Deadline deadline, MonotonicClock clock) {
        return until(future, deadline, clock, Reason.OUTCOME_UNKNOWN);
    }

    private static <T> T until(CompletableFuture<T> future, Deadline deadline, MonotonicClock clock, Reason late) {
        try {
            return future.get(Math.max(0, deadline.left(clock).plus(GRACE).toNanos()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            throw Faults.refusal(e);
        } catch (TimeoutException e) {
            throw new RefusedException(late, "the deadline passed", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(late, "interrupted", e);
        }
    }

    /// Whether it has ended, well or not, within `limit`.
    static boolean over(CompletableFuture<?> future, Duration limit, Deadline deadline, MonotonicClock clock) {
        Duration left = deadline.left(clock);
        Duration wait = limit.compareTo(left) < 0 ? limit : left;
        try {
            var _ = future.get(Math.max(0, wait.toNanos()), TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException | CancellationException e) {
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RefusedException(Reason.DEADLINE_EXCEEDED, "interrupted", e);
        }
    }

    /// Waits for a search. One that has not begun by the deadline is taken back. One that has is not abandoned, since the view that
    /// it scans must stay open: it looks at the deadline itself, and ends soon after it.
    ///
    /// @param takeBack false: too late, it has begun
    static <T> T forSearch(Future<T> search, BooleanSupplier takeBack, Deadline deadline, MonotonicClock clock) {
        boolean interrupted = false;
        boolean begun = false;
        try {
            while (true) {
                try {
                    return begun ? search.get() : search.get(Math.max(0, deadline.left(clock).toNanos()), TimeUnit.NANOSECONDS);
                } catch (TimeoutException e) {
                    begun = !takeBack.getAsBoolean();
                    if (!begun) throw new RefusedException(Reason.DEADLINE_EXCEEDED, "the deadline passed before a core was free", e);
                } catch (InterruptedException e) {
                    interrupted = true;
                    begun = begun || !takeBack.getAsBoolean();
                    if (!begun) throw new RefusedException(Reason.DEADLINE_EXCEEDED, "interrupted", e);
                } catch (ExecutionException e) {
                    throw Faults.refusal(e);
                } catch (CancellationException e) {
                    throw new RefusedException(Reason.NOT_READY, "this node is stopping", e);
                }
            }
        } finally {
            if (interrupted) Thread.currentThread().interrupt();
        }
    }
}
