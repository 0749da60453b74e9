package io.engram.client;

import org.jspecify.annotations.Nullable;

/// The ingest session was silent for longer than its space allows and has been forgotten; a new one is needed.
public final class SessionExpiredException extends EngramException {
    private static final long serialVersionUID = 1;

    SessionExpiredException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
