package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.Forgotten;
import io.engram.client.WriteCondition;
import io.engram.client.WriteOptions;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "forget", mixinStandardHelpOptions = true, description = "Removes one memory.", footer = ExitCode.HELP)
final class ForgetCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1", paramLabel = "KEY")
    private String key = "";

    @Option(names = "--if-version", paramLabel = "N", description = "Only if the memory has this version now.")
    private @Nullable Long ifVersion;

    @Option(names = "--idempotency-key", paramLabel = "KEY", description = "Asking again with the same one tells the true outcome.")
    private @Nullable String idempotencyKey;

    @Override
    public Integer call() {
        WriteOptions options = WriteOptions.defaults();
        if (ifVersion != null) options = options.when(WriteCondition.version(ifVersion));
        if (idempotencyKey != null) options = options.idempotencyKey(idempotencyKey);
        try (Engram engram = connection.open()) {
            Forgotten forgotten = engram.space(space).forget(key, options);
            if (output.json()) {
                var node = Json.object().put("key", key).put("forgotten_version", forgotten.version()).put("replayed", forgotten.replayed());
                node.set("position", Json.of(forgotten.position()));
                output.show(node);
            } else {
                output.line("forgot " + key + " version " + forgotten.version());
            }
            return ExitCode.OK;
        }
    }
}
