package io.engram.client;

import org.jspecify.annotations.Nullable;

/// No node could carry the request out now: none reachable, no leader, or not ready. A write was not made.
public final class UnavailableException extends EngramException {
    private static final long serialVersionUID = 1;

    UnavailableException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
