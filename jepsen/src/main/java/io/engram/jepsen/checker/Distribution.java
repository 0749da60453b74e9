package io.engram.jepsen.checker;

import io.engram.jepsen.history.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/// Durations, with exact quantiles: sorted, not counted in buckets, since a bound is kept or broken by a single value.
///
/// For one thread. Grows with what it is given.
public final class Distribution {
    private long[] nanos = new long[16];
    private int count;
    private boolean sorted = true;

    public void add(long value) {
        if (count == nanos.length) nanos = Arrays.copyOf(nanos, count * 2);
        nanos[count++] = value;
        sorted = false;
    }

    public int count() {
        return count;
    }

    /// The smallest value that the share `q` of all values does not exceed (nearest rank), in ns; 0 if there are none.
    ///
    /// @param q 0 < q <= 1
    public long quantile(double q) {
        if (!(q > 0 && q <= 1)) throw new IllegalArgumentException("q must be in (0, 1], was " + q);
        if (count == 0) return 0;
        if (!sorted) {
            Arrays.sort(nanos, 0, count);
            sorted = true;
        }
        return nanos[Math.max(0, (int) Math.ceil(q * count) - 1)];
    }

    public long max() {
        return quantile(1);
    }

    /// Count, p50Millis, p90Millis, p99Millis, maxMillis; the count alone where there is nothing.
    public Value figures() {
        Map<String, Value> figures = new LinkedHashMap<>();
        figures.put("count", Value.of(count));
        if (count > 0) {
            figures.put("p50Millis", millis(quantile(0.5)));
            figures.put("p90Millis", millis(quantile(0.9)));
            figures.put("p99Millis", millis(quantile(0.99)));
            figures.put("maxMillis", millis(max()));
        }
        return new Value.Fields(figures);
    }

    public static Value millis(long nanos) {
        return new Value.Real(nanos / 1e6);
    }
}
