package io.engram.grid.tier.hot;

import java.util.concurrent.atomic.LongAdder;

/// Running totals behind [HotTier.Counts].
final class HotCounts {
    final LongAdder hits = new LongAdder();
    final LongAdder misses = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder failures = new LongAdder();
    final LongAdder malformed = new LongAdder();
    final LongAdder sent = new LongAdder();
    final LongAdder dropped = new LongAdder();
    final LongAdder sendFailures = new LongAdder();

    HotTier.Counts read() {
        return new HotTier.Counts(
                hits.sum(), misses.sum(), timeouts.sum(), refused.sum(), failures.sum(), malformed.sum(), sent.sum(),
                dropped.sum(), sendFailures.sum());
    }
}
