package io.engram.jepsen.controls.broken;

import java.util.concurrent.atomic.AtomicInteger;

/// Lets the first few flushes of a process through: a log that lost its very beginning, and the space with it, would have nothing left
/// in which a loss could be seen.
public final class FirstFew {
    /// The configuration of the group, a space and its sessions take some ten.
    public static final int FLUSHES = 50;

    private static final AtomicInteger SEEN = new AtomicInteger();

    private FirstFew() {}

    /// Counts one more.
    public static boolean over() {
        return SEEN.incrementAndGet() > FLUSHES;
    }
}
