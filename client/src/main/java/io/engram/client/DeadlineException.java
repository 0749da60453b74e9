package io.engram.client;

import org.jspecify.annotations.Nullable;

/// The deadline passed. A write was not made: where that is not certain, it is an [OutcomeUnknownException].
public final class DeadlineException extends EngramException {
    private static final long serialVersionUID = 1;

    DeadlineException(Fault fault, @Nullable Throwable cause) {
        super(fault, cause);
    }
}
