package io.engram.client;

import java.util.function.LongSupplier;

/// How many retries may still be made: calls earn a part of one, time earns some, retries cost one each. When a
/// cluster is in trouble, retries are then a bounded part of the load instead of a multiple of it.
final class RetryBudget {
    private final RetryPolicy policy;
    private final LongSupplier nanoTime;
    private double tokens;
    private long filledAt;

    RetryBudget(RetryPolicy policy, LongSupplier nanoTime) {
        this.policy = policy;
        this.nanoTime = nanoTime;
        this.tokens = policy.budgetReserve();
        this.filledAt = nanoTime.getAsLong();
    }

    synchronized void called() {
        add(policy.budgetRatio());
    }

    synchronized boolean spend() {
        long now = nanoTime.getAsLong();
        add((now - filledAt) / 1e9 * policy.budgetPerSecond());
        filledAt = now;
        if (tokens < 1) return false;
        tokens--;
        return true;
    }

    private void add(double earned) {
        tokens = Math.min(policy.budgetReserve(), tokens + earned);
    }
}
