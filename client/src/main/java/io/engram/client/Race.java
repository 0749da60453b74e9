package io.engram.client;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/// One round of a call: an attempt, and others beside it if it is silent for too long. The first answer wins and the others are
/// cancelled. A failure ends the round if it decides the call, or if nobody is left who could still answer.
///
/// For many threads.
final class Race<T> {
    /// @param attempt what to cancel
    /// @param told what came of it
    record Runner<T>(NodeLink node, CompletableFuture<?> attempt, CompletableFuture<T> told) {}

    private final Predicate<Throwable> decides;
    private final CompletableFuture<T> result = new CompletableFuture<>();
    private final List<Runner<T>> running = new ArrayList<>();
    private int places;

    /// @param decides whether no other attempt could tell more than this failure
    Race(Predicate<Throwable> decides) {
        this.decides = decides;
        var unused = result.whenComplete((value, failed) -> cancelRunning());
    }

    /// Completes on the thread that brings the answer.
    CompletableFuture<T> result() {
        return result;
    }

    boolean over() {
        return result.isDone();
    }

    /// Keeps a place for an attempt that is about to be made: until it was told, no failure of others ends the round for want of
    /// runners. So a write is never called failed while a request of it is being sent.
    ///
    /// @return false: the round is over, nothing is to be sent
    synchronized boolean reserve() {
        if (over()) return false;
        places++;
        return true;
    }

    /// Gives back a place for which there was no attempt to make.
    void release(Throwable why) {
        lost(why);
    }

    void enter(Runner<T> runner) {
        synchronized (this) {
            running.add(runner);
        }
        // It may have ended while this one was being sent.
        if (over()) runner.attempt().cancel(true);
        var unused = runner.told().whenComplete((value, failed) -> {
            if (failed == null) result.complete(value);
            else lost(failed);
        });
    }

    /// Those that have not been told yet.
    synchronized List<NodeLink> waitingFor() {
        return running.stream().filter(runner -> !runner.told().isDone()).map(Runner::node).toList();
    }

    /// Whether an attempt is being made, or has not been told yet.
    synchronized boolean asking() {
        return places > 0;
    }

    void cancel() {
        result.cancel(false);
        cancelRunning();
    }

    private void lost(Throwable why) {
        boolean last;
        synchronized (this) {
            last = --places == 0;
        }
        if (last || decides.test(why)) result.completeExceptionally(why);
    }

    private void cancelRunning() {
        List<Runner<T>> left;
        synchronized (this) {
            left = List.copyOf(running);
        }
        left.forEach(runner -> runner.attempt().cancel(true));
    }
}
