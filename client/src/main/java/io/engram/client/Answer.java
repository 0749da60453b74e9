package io.engram.client;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;

/// A value and what is known about its freshness. The proof has been checked against the consistency asked for.
///
/// @param callTime from sending the question that was answered to having the answer, on this machine's monotonic clock
public record Answer<T>(T value, Proof proof, Duration callTime) {
    /// The value shows every write acknowledged longer than this before it arrived: proven staleness plus call time.
    /// Empty if no staleness could be proven.
    public Optional<Duration> ageOnArrival() {
        return proof.staleness().map(callTime::plus);
    }

    public <R> Answer<R> map(Function<? super T, ? extends R> change) {
        return new Answer<>(change.apply(value), proof, callTime);
    }
}
