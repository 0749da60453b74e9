package io.engram.grid.log;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/// Whose turn it is to change one replica's log: one message at a time, and the next leader's only when the last one's are on disk.
///
/// Thread-safe. Whoever holds the turn may need the replica's own lock, never the other way round.
final class LeaderTurn {
    /// More than a disk that still works takes; a leader that is refused asks again.
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ReentrantLock turn = new ReentrantLock(true);
    private final AtomicInteger voting = new AtomicInteger();
    /// Of the newest leader whose message passed.
    private long term = -1;

    /// Runs `message`, and before it waits for what a leader of an earlier term has left to be written.
    ///
    /// @param alone also what the same leader has left
    /// @param written of the replica, now
    /// @return false if its turn did not come in time; it was not run then
    boolean take(long leaderTerm, boolean alone, Supplier<CompletableFuture<?>> written, Runnable message) {
        long until = System.nanoTime() + LIMIT.toNanos();
        try {
            if (!turn.tryLock(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) return false;
            try {
                if ((alone || leaderTerm > term) && !wait(written.get(), until)) return false;
                term = Math.max(term, leaderTerm);
                message.run();
                return true;
            } finally {
                turn.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static boolean wait(CompletableFuture<?> written, long until) throws InterruptedException {
        try {
            written.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            // Nothing of it will be written any more.
        } catch (TimeoutException e) {
            return false;
        }
        return true;
    }

    /// Runs a vote, which looks at the log first and raises the term then.
    void vote(Runnable vote) {
        voting.incrementAndGet();
        try {
            vote.run();
        } finally {
            voting.decrementAndGet();
        }
    }

    /// Is a vote under way that may have looked at the log before now?
    boolean voting() {
        return voting.get() > 0;
    }
}
