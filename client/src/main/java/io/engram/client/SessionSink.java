package io.engram.client;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;

/// The subscriber side of a session. It asks its publisher only for what the session has set aside room for, so taking never waits.
/// Guarded by the session's lock, except for signals to the publisher, which are made on the session's sequential executor.
final class SessionSink implements ObservationSink {
    /// Asking for one at a time would double the signals.
    private static final int WORTH_ASKING = 32;

    private final ObserveSession session;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private Flow.Subscription upstream = NotYet.INSTANCE;
    private int asked;
    private boolean ended;
    private long lastNumber;

    SessionSink(ObserveSession session) {
        this.session = session;
    }

    /// Room that is set aside for what this sink has asked for.
    int asked() {
        return asked;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        Objects.requireNonNull(subscription, "subscription");
        boolean second = session.locked(() -> {
            if (upstream != NotYet.INSTANCE || ended) return true;
            upstream = subscription;
            session.roomChanged();
            return false;
        });
        if (second) subscription.cancel();
    }

    /// Under the lock: room for `free` more observations.
    void roomFor(int free) {
        if (ended || upstream == NotYet.INSTANCE || free <= 0 || (asked > 0 && free < WORTH_ASKING)) return;
        asked += free;
        Flow.Subscription to = upstream;
        session.later(() -> to.request(free));
    }

    @Override
    public void onNext(Observation observation) {
        Objects.requireNonNull(observation, "observation");
        try {
            session.locked(() -> {
                if (ended) return false;
                if (asked > 0) asked--;
                lastNumber = session.takeFed(observation);
                return true;
            });
        } catch (EngramException refused) {
            fail(refused);
        }
    }

    @Override
    public void onComplete() {
        session.locked(() -> {
            ended = true;
            asked = 0;
            session.sinkProgress();
            return true;
        });
    }

    @Override
    public void onError(Throwable failure) {
        Objects.requireNonNull(failure, "failure");
        fail(failure);
    }

    /// Under the lock: everything up to here is durable or rejected.
    ///
    /// @return whether that is all there is
    boolean durableThrough(long through) {
        boolean all = ended && through >= lastNumber;
        if (all) session.later(() -> done.complete(through));
        return all;
    }

    /// The session has failed or closed, or the publisher has.
    void fail(Throwable failure) {
        Flow.Subscription from = session.locked(() -> {
            ended = true;
            asked = 0;
            return upstream;
        });
        session.later(() -> {
            from.cancel();
            done.completeExceptionally(failure);
        });
    }

    @Override
    public CompletionStage<Long> done() {
        return done.minimalCompletionStage();
    }

    private enum NotYet implements Flow.Subscription {
        INSTANCE;

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
