package io.engram.grid.log;

import org.jspecify.annotations.Nullable;

/// Whether the write happened is not known. Asking again with the same idempotency key tells.
public final class OutcomeUnknownException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public OutcomeUnknownException(String message) {
        super(message);
    }

    public OutcomeUnknownException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
