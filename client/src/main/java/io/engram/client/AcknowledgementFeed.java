package io.engram.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;

/// Publishes acknowledgements to subscribers at the pace they ask for. Everything happens on one sequential executor, so nothing
/// here is locked; a subscriber that lags makes [#whenRoom] wait, and with it the stream.
final class AcknowledgementFeed implements Flow.Publisher<Acknowledgement> {
    /// Kept for a subscriber that lags, beyond what one message of the node brings.
    private static final int ROOM = 64;

    private final Executor sequential;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Deque<Runnable> waitingForRoom = new ArrayDeque<>();
    private boolean ended;
    private Optional<Throwable> failure = Optional.empty();

    AcknowledgementFeed(Executor sequential) {
        this.sequential = sequential;
    }

    @Override
    public void subscribe(Flow.Subscriber<? super Acknowledgement> subscriber) {
        Objects.requireNonNull(subscriber, "subscriber");
        sequential.execute(() -> {
            Subscription subscription = new Subscription(subscriber);
            subscriptions.add(subscription);
            subscription.begin();
        });
    }

    /// On the executor.
    void publish(Acknowledgement acknowledgement) {
        for (Subscription subscription : List.copyOf(subscriptions)) subscription.offer(acknowledgement);
    }

    /// On the executor: runs the task when no subscriber lags.
    void whenRoom(Runnable task) {
        waitingForRoom.add(task);
        checkRoom();
    }

    /// On the executor: what was published is delivered first.
    void end(Optional<Throwable> failure) {
        if (ended) return;
        ended = true;
        this.failure = failure;
        for (Subscription subscription : List.copyOf(subscriptions)) subscription.drain();
    }

    private void checkRoom() {
        for (Subscription subscription : subscriptions) if (subscription.waiting.size() >= ROOM) return;
        while (!waitingForRoom.isEmpty()) waitingForRoom.remove().run();
    }

    private final class Subscription implements Flow.Subscription {
        private final Flow.Subscriber<? super Acknowledgement> subscriber;
        private final Deque<Acknowledgement> waiting = new ArrayDeque<>();
        private long demand;
        private boolean over;
        private boolean draining;

        Subscription(Flow.Subscriber<? super Acknowledgement> subscriber) {
            this.subscriber = subscriber;
        }

        void begin() {
            deliver(() -> subscriber.onSubscribe(this));
            drain();
        }

        void offer(Acknowledgement acknowledgement) {
            waiting.add(acknowledgement);
            drain();
        }

        @Override
        public void request(long n) {
            sequential.execute(() -> {
                if (over) return;
                if (n <= 0) {
                    finish(() -> subscriber.onError(new IllegalArgumentException("request must be > 0, was " + n)));
                    return;
                }
                demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
                drain();
            });
        }

        @Override
        public void cancel() {
            sequential.execute(() -> finish(() -> {}));
        }

        private void drain() {
            if (draining || over) return;
            draining = true;
            while (!over && demand > 0 && !waiting.isEmpty()) {
                demand--;
                Acknowledgement next = waiting.remove();
                deliver(() -> subscriber.onNext(next));
            }
            draining = false;
            if (over) return;
            if (ended && waiting.isEmpty())
                finish(() -> failure.ifPresentOrElse(subscriber::onError, subscriber::onComplete));
            else checkRoom();
        }

        private void finish(Runnable lastWord) {
            if (over) return;
            over = true;
            waiting.clear();
            subscriptions.remove(this);
            deliver(lastWord);
            checkRoom();
        }

        /// A subscriber that throws has broken its contract and hears no more; the others go on.
        private void deliver(Runnable signal) {
            try {
                signal.run();
            } catch (RuntimeException broken) {
                Listeners.failed("subscriber", broken);
                if (!over) {
                    over = true;
                    waiting.clear();
                    subscriptions.remove(this);
                }
            }
        }
    }
}
