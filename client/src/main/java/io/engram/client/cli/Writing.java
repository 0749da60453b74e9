package io.engram.client.cli;

import io.engram.client.WriteOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How to write so that asking again is safe.
final class Writing {
    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Asking again with the same one tells the true outcome.")
    private @Nullable String idempotencyKey;

    WriteOptions options() {
        return idempotencyKey == null ? WriteOptions.defaults() : WriteOptions.defaults().idempotencyKey(idempotencyKey);
    }
}
