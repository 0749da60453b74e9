package io.engram.client;

import org.jspecify.annotations.Nullable;

/// The token is missing, not known, or may not do this.
public final class AccessDeniedException extends EngramException {
    private static final long serialVersionUID = 1;

    AccessDeniedException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
