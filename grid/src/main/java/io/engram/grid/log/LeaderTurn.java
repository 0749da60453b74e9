package io.engram.grid.log;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;

/// Whose turn it is to change one replica's log: one message at a time, and the next leader's only when the last one's are on disk.
///
/// Thread-safe. Whoever holds the turn may need the replica's own lock, never the other way round.
final class LeaderTurn {
    /// More than a disk that still works takes; a leader that is refused asks again.
    private static final Duration LIMIT = Duration.ofSeconds(5);

    private final ReentrantLock turn = new ReentrantLock(true);
    /// Of the newest leader whose message passed.
    private long term = -1;
    /// The index after the last entry that passed.
    private long next = -1;

    /// What was taken from a leader and waits for the disk.
    interface Queue {
        /// @return false if it is not empty in time
        boolean await(long until) throws InterruptedException;
    }

    /// Runs `message`, which brings entries, and before it waits for what a leader of an earlier term has left to be written; and for all of it if
    /// they are not the next ones. Ratis knows an append that waits by the index it begins with alone: it takes entries that are sent again from
    /// there for the same append, however many they are, and acknowledges them all when those are written that it has.
    ///
    /// @param first index of the first entry
    /// @param next index after the last one
    /// @return false if its turn did not come in time; it was not run then
    boolean takeEntries(long leaderTerm, long first, long next, Queue queue, Runnable message) {
        return take(queue, () -> leaderTerm > term || first != this.next, () -> {
            term = Math.max(term, leaderTerm);
            this.next = next;
            message.run();
        });
    }

    /// Runs `message`, and before it waits for all entries to be written.
    ///
    /// @return false if its turn did not come in time; it was not run then
    boolean takeAlone(Queue queue, Runnable message) {
        return take(queue, () -> true, message);
    }

    /// Runs `message` if nobody has the turn and nothing waits for the disk; does not wait itself.
    ///
    /// @return whether it was run
    boolean takeIdle(Queue queue, Runnable message) {
        if (!turn.tryLock()) return false;
        try {
            if (!queue.await(System.nanoTime())) return false;
            message.run();
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            turn.unlock();
        }
    }

    private boolean take(Queue queue, BooleanSupplier alone, Runnable message) {
        long until = System.nanoTime() + LIMIT.toNanos();
        try {
            if (!turn.tryLock(LIMIT.toNanos(), TimeUnit.NANOSECONDS)) return false;
            try {
                if (alone.getAsBoolean() && !queue.await(until)) return false;
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
}
