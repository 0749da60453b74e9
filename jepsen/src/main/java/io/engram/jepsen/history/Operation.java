package io.engram.jepsen.history;

import org.jspecify.annotations.Nullable;

/// An invocation with what came of it.
///
/// @param completion null if the history ends without one, which means what INFO means
public record Operation(Op invocation, @Nullable Op completion) {
    public OpType outcome() {
        return completion == null ? OpType.INFO : completion.type();
    }

    public String function() {
        return invocation.function();
    }

    public @Nullable String key() {
        return invocation.key();
    }

    public long invoked() {
        return invocation.time();
    }

    /// When it was over, in ns since the history began; [Long#MAX_VALUE] if it is pending for ever.
    public long completed() {
        return completion == null || completion.type() == OpType.INFO ? Long.MAX_VALUE : completion.time();
    }
}
