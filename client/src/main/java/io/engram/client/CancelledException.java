package io.engram.client;

import org.jspecify.annotations.Nullable;

/// The caller gave up (it was interrupted, or closed the client) before a read or an unsent write was answered.
public final class CancelledException extends EngramException {
    private static final long serialVersionUID = 1;

    CancelledException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
