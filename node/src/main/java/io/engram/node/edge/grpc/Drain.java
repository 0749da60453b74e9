package io.engram.node.edge.grpc;

/// How fast a stream's observations become durable, as measured: what its client is told to send at when it is too fast.
final class Drain {
    /// Weight of the newest batch: some ten batches tell the rate.
    private static final double NEWEST = 0.2;

    private double perSecond;
    private long lastNanos;

    /// @param since when the batch came, by the same clock as `now`
    void drained(int observations, long since, long now) {
        // Batches overlap: what counts is the time since the one before was done, or since there was work at all.
        long start = lastNanos != 0 && lastNanos - since > 0 ? lastNanos : since;
        double rate = observations / (Math.max(1_000, now - start) / 1e9);
        perSecond = perSecond == 0 ? rate : perSecond + NEWEST * (rate - perSecond);
        lastNanos = now;
    }

    /// 0: nothing was measured yet.
    double perSecond() {
        return perSecond;
    }
}
