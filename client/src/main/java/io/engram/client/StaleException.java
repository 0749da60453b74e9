package io.engram.client;

import org.jspecify.annotations.Nullable;

/// No replica could prove the bound asked for before the deadline. Nothing was answered.
public final class StaleException extends EngramException {
    private static final long serialVersionUID = 1;

    StaleException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
