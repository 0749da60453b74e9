package io.engram.client;

import java.time.Duration;

/// When to ask again. Only what is safe is ever retried, and never past the call's deadline.
///
/// @param attempts of one call in all, those beside a node that is silent included; 1: never retry
/// @param firstBackoff mean wait before asking the same nodes again; doubles each time, with jitter of one half
/// @param longestBackoff where it stops doubling
/// @param budgetRatio retries earned by each call, so that a cluster in trouble gets at most so much load on top
/// @param budgetReserve retries that may be saved up
/// @param budgetPerSecond retries earned by time, so that a quiet client can retry at all
public record RetryPolicy(
        int attempts,
        Duration firstBackoff,
        Duration longestBackoff,
        double budgetRatio,
        int budgetReserve,
        double budgetPerSecond) {
    public RetryPolicy {
        if (attempts < 1 || attempts > 100) throw new IllegalArgumentException("attempts must be 1..100, was " + attempts);
        if (firstBackoff.toMillis() < 1) throw new IllegalArgumentException("first backoff must be >= 1 ms, was " + firstBackoff);
        if (longestBackoff.compareTo(firstBackoff) < 0)
            throw new IllegalArgumentException("longest backoff must be >= " + firstBackoff + ", was " + longestBackoff);
        if (!(budgetRatio >= 0 && budgetRatio <= 1))
            throw new IllegalArgumentException("budget ratio must be 0..1, was " + budgetRatio);
        if (budgetReserve < 0) throw new IllegalArgumentException("budget reserve must be >= 0, was " + budgetReserve);
        if (!(budgetPerSecond >= 0 && budgetPerSecond <= 1e6))
            throw new IllegalArgumentException("budget per second must be 0..1e6, was " + budgetPerSecond);
    }

    /// Ten attempts cover a change of leader (1 to 4 s) within the default deadline of 5 s.
    public static RetryPolicy standard() {
        return new RetryPolicy(10, Duration.ofMillis(50), Duration.ofSeconds(1), 0.2, 100, 10);
    }

    public static RetryPolicy never() {
        return new RetryPolicy(1, Duration.ofMillis(50), Duration.ofSeconds(1), 0, 0, 0);
    }

    public RetryPolicy attempts(int attempts) {
        return new RetryPolicy(attempts, firstBackoff, longestBackoff, budgetRatio, budgetReserve, budgetPerSecond);
    }

    public RetryPolicy backoff(Duration first, Duration longest) {
        return new RetryPolicy(attempts, first, longest, budgetRatio, budgetReserve, budgetPerSecond);
    }

    public RetryPolicy budget(double ratio, int reserve, double perSecond) {
        return new RetryPolicy(attempts, firstBackoff, longestBackoff, ratio, reserve, perSecond);
    }
}
