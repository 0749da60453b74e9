package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.Forgotten;
import io.engram.client.WriteCondition;
import io.engram.client.WriteOptions;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "forget", mixinStandardHelpOptions = true, description = "Removes one memory.", footer = ExitCode.HELP)
final class ForgetCommand extends ClusterCommand {
    @Mixin
    private Writing writing = new Writing();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1", paramLabel = "KEY")
    private String key = "";

    @Option(names = "--if-version", paramLabel = "N", description = "Only if the memory has this version now.")
    private @Nullable Long ifVersion;

    @Override
    int ask(Engram engram) {
        WriteOptions options = writing.options();
        if (ifVersion != null) options = options.when(WriteCondition.version(ifVersion));
        Forgotten forgotten = engram.space(space).forget(key, options);
        show(
                () -> {
                    var node = Json.object().put("key", key).put("forgotten_version", forgotten.version()).put("replayed", forgotten.replayed());
                    node.set("position", Json.of(forgotten.position()));
                    return node;
                },
                () -> output().line("forgot " + key + " version " + forgotten.version()));
        return ExitCode.OK;
    }
}
