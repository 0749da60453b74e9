package io.engram.client;

import org.jspecify.annotations.Nullable;

/// A fault of the node or of the client that is neither's to explain; worth a report.
public final class InternalException extends EngramException {
    private static final long serialVersionUID = 1;

    InternalException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
