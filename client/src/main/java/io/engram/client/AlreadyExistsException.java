package io.engram.client;

import org.jspecify.annotations.Nullable;

/// The name is taken (`SPACE_EXISTS`).
public final class AlreadyExistsException extends EngramException {
    private static final long serialVersionUID = 1;

    AlreadyExistsException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
