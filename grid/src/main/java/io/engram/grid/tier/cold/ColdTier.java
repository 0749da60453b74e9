package io.engram.grid.tier.cold;

import java.time.Duration;
import java.util.Optional;

/// Immutable, uniquely named blobs on disk, spread over the nodes and backed up. Decides nothing.
///
/// Real: Ignite. Safe for use by many threads.
public interface ColdTier extends AutoCloseable {
    /// Returns once the blob is on disk on its owner and backups.
    /// @throws ColdTierException it may or may not be there; writing it again is harmless, names are unique
    void put(String name, byte[] blob, Duration limit);

    Optional<byte[]> get(String name, Duration limit);

    Health health();

    /// @param state up, degraded, down, starting
    record Health(String state, String detail, int members) {}

    @Override
    void close();
}
