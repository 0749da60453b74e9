package io.engram.grid.tier.cold;

import java.time.Duration;
import java.util.Optional;

/// No cold tier is configured: nothing can be put there.
public final class NoColdTier implements ColdTier {
    @Override
    public void put(String name, byte[] blob, Duration limit) {
        throw new ColdTierException("the cold tier is not configured", null);
    }

    @Override
    public Optional<byte[]> get(String name, Duration limit) {
        throw new ColdTierException("the cold tier is not configured", null);
    }

    @Override
    public Health health() {
        return new Health("off", "not configured", 0);
    }

    @Override
    public void close() {}
}
