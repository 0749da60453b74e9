package io.engram.client;

import java.util.concurrent.Flow;
import java.util.function.Consumer;

/// A listener as a subscriber: wants everything, one after the other.
record EveryAcknowledgement(Consumer<Acknowledgement> listener) implements Flow.Subscriber<Acknowledgement> {
    @Override
    public void onSubscribe(Flow.Subscription subscription) {
        subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(Acknowledgement acknowledgement) {
        try {
            listener.accept(acknowledgement);
        } catch (RuntimeException broken) {
            // One bad moment of a listener must not cost it the rest.
            Listeners.failed("acknowledgement listener", broken);
        }
    }

    @Override
    public void onError(Throwable failure) {}

    @Override
    public void onComplete() {}
}
