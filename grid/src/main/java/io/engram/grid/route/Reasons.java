package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.wire.Refused;

/// Refusals that shards decided.
final class Reasons {
    private Reasons() {}

    static Reason of(Refused refused) {
        try {
            return Reason.valueOf(refused.getReason());
        } catch (IllegalArgumentException e) {
            // From a newer node's log.
            return Reason.INTERNAL;
        }
    }

    static RefusedException exception(Refused refused) {
        return new RefusedException(of(refused), refused.getMessage(), refused.getCurrentVersion(), null);
    }
}
