package io.engram.client;

import org.jspecify.annotations.Nullable;

/// The request breaks a rule; [#violations()] names the fields. Asking again is of no use.
public final class InvalidArgumentException extends EngramException {
    private static final long serialVersionUID = 1;

    InvalidArgumentException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
