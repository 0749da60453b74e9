package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.wire.Refused;

/// Refusals that shards decided.
final class Reasons {
    private Reasons() {}

    static Reason of(Refused refused) {
        return Reason.named(refused.getReason());
    }

    static RefusedException exception(Refused refused) {
        return new RefusedException(of(refused), refused.getMessage(), refused.getCurrentVersion(), null);
    }
}
