package io.engram.grid.tier.cold;

import java.time.Duration;
import java.util.Optional;

/// Immutable, uniquely named blobs on disk, spread over the nodes and backed up. Decides nothing.
///
/// Real: Ignite. Also [NoColdTier]. Safe for use by many threads.
public interface ColdTier extends AutoCloseable {
    int MAX_NAME_BYTES = 200;
    /// A blob and its bookkeeping must fit into one segment of the engine's write-ahead log.
    int MAX_BLOB_BYTES = 8 << 20;

    /// Returns once the blob is on disk on its owner and backups.
    /// @param name 1..200 characters of `a-z A-Z 0-9 . _ / -`, the first a letter or digit
    /// @param blob at most 8 MiB
    /// @throws IllegalArgumentException the name or the blob breaks its rule
    /// @throws ColdTierException it may or may not be there; writing it again is harmless, names are unique
    void put(String name, byte[] blob, Duration limit);

    /// The blob as it was put, checksum verified; empty: there is none of that name.
    /// @throws IllegalArgumentException the name breaks its rule
    /// @throws ColdTierException it cannot be told now, or what is there is damaged
    Optional<byte[]> get(String name, Duration limit);

    /// As of a second ago at most. Never blocks.
    Health health();

    /// @param state up; degraded: members are missing, or blobs cannot be read yet after too many were missing at once, or this
    ///     node is cut off and serves old blobs only; down; starting: also while waiting for enough members; off: not configured
    record Health(String state, String detail, int members) {}

    @Override
    void close();
}
