package io.engram.client;

import org.jspecify.annotations.Nullable;

/// Too much in flight: at the node, or in this client's own bounded buffers (`CLIENT_BUSY`, `BUFFER_FULL`). A write was not made.
public final class OverloadedException extends EngramException {
    private static final long serialVersionUID = 1;

    OverloadedException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
