package io.engram.client;

import org.jspecify.annotations.Nullable;

/// There is no such space (`SPACE_NOT_FOUND`) or memory (`MEMORY_NOT_FOUND`).
public final class NotFoundException extends EngramException {
    private static final long serialVersionUID = 1;

    NotFoundException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
