package io.engram.client;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/// How to ingest.
///
/// @param bufferedObservations taken from the caller and not yet acknowledged, at most; above, `send` waits
/// @param bufferedBytes the same, in bytes on the wire; one observation always fits
/// @param sendTimeout how long `send` waits for room
/// @param closeTimeout how long `close` waits for what is not yet durable
/// @param stallTimeout a node that owes an answer for longer is left for another; one that answers nothing else either, sooner
/// @param giveUpAfter without a connection for longer, the session fails
/// @param acknowledgedThrough for a session that another process began: it knows the fate of all up to here; rejections
///     above are told again
/// @param listener is told all acknowledgements from the first on; must not block for long, as the stream waits for it
public record ObserveOptions(
        int bufferedObservations,
        long bufferedBytes,
        Duration sendTimeout,
        Duration closeTimeout,
        Duration stallTimeout,
        Duration giveUpAfter,
        long acknowledgedThrough,
        Optional<Consumer<Acknowledgement>> listener) {
    public ObserveOptions {
        if (bufferedObservations < 1 || bufferedObservations > 1_000_000)
            throw new IllegalArgumentException("buffered observations must be 1..1,000,000, was " + bufferedObservations);
        if (bufferedBytes < 1) throw new IllegalArgumentException("buffered bytes must be >= 1, was " + bufferedBytes);
        if (acknowledgedThrough < 0) throw new IllegalArgumentException("acknowledged through must be >= 0, was " + acknowledgedThrough);
        EngramBuilder.checkDeadline(sendTimeout);
        EngramBuilder.checkDeadline(closeTimeout);
        EngramBuilder.checkDeadline(stallTimeout);
        EngramBuilder.checkDeadline(giveUpAfter);
    }

    public static ObserveOptions defaults() {
        return new ObserveOptions(
                8192, 8L << 20, Duration.ofSeconds(30), Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMinutes(1), 0, Optional.empty());
    }

    public ObserveOptions buffer(int observations, long bytes) {
        return new ObserveOptions(
                observations, bytes, sendTimeout, closeTimeout, stallTimeout, giveUpAfter, acknowledgedThrough, listener);
    }

    public ObserveOptions sendTimeout(Duration sendTimeout) {
        return new ObserveOptions(
                bufferedObservations, bufferedBytes, sendTimeout, closeTimeout, stallTimeout, giveUpAfter, acknowledgedThrough, listener);
    }

    public ObserveOptions closeTimeout(Duration closeTimeout) {
        return new ObserveOptions(
                bufferedObservations, bufferedBytes, sendTimeout, closeTimeout, stallTimeout, giveUpAfter, acknowledgedThrough, listener);
    }

    public ObserveOptions stallTimeout(Duration stallTimeout) {
        return new ObserveOptions(
                bufferedObservations, bufferedBytes, sendTimeout, closeTimeout, stallTimeout, giveUpAfter, acknowledgedThrough, listener);
    }

    public ObserveOptions giveUpAfter(Duration giveUpAfter) {
        return new ObserveOptions(
                bufferedObservations, bufferedBytes, sendTimeout, closeTimeout, stallTimeout, giveUpAfter, acknowledgedThrough, listener);
    }

    public ObserveOptions acknowledgedThrough(long acknowledgedThrough) {
        return new ObserveOptions(
                bufferedObservations, bufferedBytes, sendTimeout, closeTimeout, stallTimeout, giveUpAfter, acknowledgedThrough, listener);
    }

    public ObserveOptions listener(Consumer<Acknowledgement> listener) {
        return new ObserveOptions(
                bufferedObservations, bufferedBytes, sendTimeout, closeTimeout, stallTimeout, giveUpAfter, acknowledgedThrough, Optional.of(listener));
    }
}
