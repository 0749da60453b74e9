package io.engram.grid.tier.cold;

import org.jspecify.annotations.Nullable;

/// The cold tier could not do it now.
public final class ColdTierException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public ColdTierException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
