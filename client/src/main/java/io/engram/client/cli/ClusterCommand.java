package io.engram.client.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.engram.client.Engram;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Mixin;

/// A command that asks a cluster something: looks at its arguments, connects, asks, shows the answer in the form wanted, disconnects.
abstract class ClusterCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Output output = new Output();

    @Override
    public final Integer call() throws IOException {
        check();
        try (Engram engram = connection.open(patience())) {
            return ask(engram);
        }
    }

    /// Looks at the arguments together, before anything is asked.
    ///
    /// @throws IllegalArgumentException wrong usage
    void check() {}

    /// How long each call may take where the caller does not say; empty: as long as any.
    Optional<Duration> patience() {
        return Optional.empty();
    }

    /// @return an [ExitCode]
    abstract int ask(Engram engram) throws IOException;

    final Output output() {
        return output;
    }

    /// Shows an answer; only the form that was asked for is made.
    final void show(Supplier<? extends JsonNode> json, Runnable table) {
        if (output.json()) output.show(json.get());
        else table.run();
    }
}
