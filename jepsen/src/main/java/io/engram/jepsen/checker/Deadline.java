package io.engram.jepsen.checker;

import java.time.Duration;

/// When a check must have ended. Cheap enough to be asked in every round of a loop over keys or reads.
public final class Deadline {
    private final long end;
    private final Duration limit;

    private Deadline(Duration limit) {
        this.limit = limit;
        end = System.nanoTime() + limit.toNanos();
    }

    /// Counts from now.
    public static Deadline of(Limits limits) {
        return new Deadline(limits.time());
    }

    public boolean passed() {
        return System.nanoTime() - end >= 0;
    }

    /// For the sentence of an UNKNOWN finding.
    public String sentence() {
        return "not decided within the limit of " + limit.toMillis() + " ms";
    }
}
