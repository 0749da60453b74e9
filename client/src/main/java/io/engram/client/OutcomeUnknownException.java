package io.engram.client;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A write may or may not have been made. Asking again with the same request and [#idempotencyKey()] gives the true
/// outcome; it is never safe to take this for a failure.
public final class OutcomeUnknownException extends EngramException {
    private static final long serialVersionUID = 1;
    private final @Nullable String idempotencyKey;

    OutcomeUnknownException(Fault fault, @Nullable String idempotencyKey, @Nullable Throwable cause) {
        super(fault, cause);
        this.idempotencyKey = idempotencyKey;
    }

    /// To ask again with. Empty for observations of an [ObserveSession]: there it is the session that is asked again.
    public Optional<String> idempotencyKey() {
        return Optional.ofNullable(idempotencyKey);
    }
}
