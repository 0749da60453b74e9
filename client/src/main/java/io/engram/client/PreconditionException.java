package io.engram.client;

import org.jspecify.annotations.Nullable;

/// The request is well-formed, but not now and not here: `SPACE_DOES_NOT_EMBED`, `IDEMPOTENCY_KEY_REUSED`, `SPACE_FULL`
/// and the like.
public final class PreconditionException extends EngramException {
    private static final long serialVersionUID = 1;

    PreconditionException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
