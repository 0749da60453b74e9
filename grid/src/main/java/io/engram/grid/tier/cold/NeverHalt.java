package io.engram.grid.tier.cold;

import java.util.function.Consumer;
import org.apache.ignite.Ignite;
import org.apache.ignite.failure.AbstractFailureHandler;
import org.apache.ignite.failure.FailureContext;

/// When Ignite finds itself broken it may not take the process, and with it the log, along: its owner starts it again.
final class NeverHalt extends AbstractFailureHandler {
    private final Consumer<String> broken;

    NeverHalt(Consumer<String> broken) {
        this.broken = broken;
    }

    @Override
    protected boolean handle(Ignite ignite, FailureContext failure) {
        broken.accept(failure.type() + (failure.error() == null ? "" : ": " + failure.error().getMessage()));
        return true; // the engine stops taking operations until it is started again
    }
}
