package io.engram.grid.tier.hot;

import org.jspecify.annotations.Nullable;

/// What shall become of a key in the grid. The higher version wins, whether it puts or forgets.
///
/// @param envelope null: forget
record Change(long version, byte @Nullable [] envelope) {
    /// What a key, its change and the bookkeeping around them take beside their bytes, about.
    private static final int OVERHEAD = 160;

    int bytes(GridKey key) {
        return OVERHEAD + key.key().length() + (envelope == null ? 0 : envelope.length);
    }
}
