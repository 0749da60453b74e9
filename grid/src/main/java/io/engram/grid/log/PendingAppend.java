package io.engram.grid.log;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// One append on its way through Ratis. It travels as the context of Ratis' transaction: Ratis answers "not leader" both for
/// requests that it never appended and for those it appended before it lost leadership; `inLog` tells which.
final class PendingAppend {
    /// What to append; null once nobody waits for it: what queues behind a stalled disk must not hold it in memory.
    volatile @Nullable Entry entry;

    /// Set before the entry enters the log; once set, the outcome is not known until it is applied.
    volatile boolean inLog;

    /// Set when it was applied here.
    volatile @Nullable List<byte[]> outcomes;

    PendingAppend(Entry entry) {
        this.entry = entry;
    }
}
