package io.engram.client;

import io.grpc.Status;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// What a session has to tell to the application: completed receipts and calls of listeners, one at a time and in order, outside the
/// session's lock.
final class Telling implements Executor {
    private final Threads threads;
    private final Executor sequential;
    private volatile @Nullable Thread teller;

    Telling(Threads threads) {
        this.threads = threads;
        this.sequential = threads.sequential();
    }

    @Override
    public void execute(Runnable task) {
        sequential.execute(() -> {
            teller = Thread.currentThread();
            try {
                task.run();
            } finally {
                teller = null;
            }
        });
    }

    /// Waits until all is told that was to be told before this call; not on the thread that tells, which would wait for itself.
    ///
    /// @param end of the wait, in the time of [System#nanoTime()]
    /// @return false: somebody who is told takes longer
    /// @throws CancelledException if interrupted
    boolean awaitTold(long end) {
        if (Thread.currentThread().equals(teller)) return true;
        CompletableFuture<Boolean> told = new CompletableFuture<>();
        execute(() -> told.complete(true));
        if (threads.isClosed()) return true; // nobody is told any more
        try {
            return told.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException late) {
            return false;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CancelledException(Fault.local(Status.Code.CANCELLED, "INTERRUPTED", "interrupted while waiting"), interrupted);
        }
    }
}
