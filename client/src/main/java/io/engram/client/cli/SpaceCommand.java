package io.engram.client.cli;

import io.engram.client.Answer;
import io.engram.client.Engram;
import io.engram.client.Position;
import io.engram.client.ReadOptions;
import io.engram.client.Similarity;
import io.engram.client.Space;
import io.engram.client.SpaceLimits;
import io.engram.client.SpaceSettings;
import io.engram.client.WriteCondition;
import io.engram.client.WriteOptions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "space", mixinStandardHelpOptions = true, description = "Creates, shows, changes and deletes spaces.", footer = ExitCode.HELP,
        subcommands = {SpaceCommand.Create.class, SpaceCommand.Get.class, SpaceCommand.All.class, SpaceCommand.Update.class, SpaceCommand.Delete.class},
        synopsisSubcommandLabel = "(create | get | list | update | delete)")
final class SpaceCommand {
    private SpaceCommand() {}

    static final class Limits {
        @Option(names = "--session-idle", paramLabel = "TIME", converter = Connection.Time.class, description = "Forget a session that was silent for longer.")
        private @Nullable Duration sessionIdle;

        @Option(names = "--max-memories", paramLabel = "N", description = "Most live memories; 0: no limit.")
        private @Nullable Long maxMemories;

        @Option(names = "--max-sessions", paramLabel = "N", description = "Most open sessions.")
        private @Nullable Integer maxSessions;

        SpaceLimits limits() {
            SpaceLimits limits = SpaceLimits.defaults();
            if (sessionIdle != null) limits = limits.sessionIdle(sessionIdle);
            if (maxMemories != null) limits = limits.maxMemories(maxMemories);
            return maxSessions == null ? limits : limits.maxSessions(maxSessions);
        }
    }

    private static void table(Output output, List<Space> spaces) {
        output.table(
                List.of("NAME", "DIMENSION", "SIMILARITY", "SHARDS", "MAX MEMORIES", "EMBEDS TEXT", "REVISION"),
                spaces.stream()
                        .map(s -> List.of(
                                s.name(), Integer.toString(s.dimension()), Json.name(s.similarity()), Integer.toString(s.shards()),
                                s.limits().maxMemories().orElse(0) == 0 ? "-" : Long.toString(s.limits().maxMemories().orElse(0)),
                                s.embedsText() ? "yes" : "no", Long.toString(s.revision())))
                        .toList());
    }

    @Command(name = "create", mixinStandardHelpOptions = true, description = "Creates a space.", footer = ExitCode.HELP)
    static final class Create extends ClusterCommand {
        @Parameters(paramLabel = "NAME", description = "[a-z][a-z0-9-]{0,62}")
        private String name = "";

        @Option(names = "--dimension", paramLabel = "N", description = "Floats in a vector, 1..4096. Default: the dimension of the nodes' text model.")
        private int dimension;

        @Option(names = "--similarity", paramLabel = "cosine|dot_product|euclidean", description = "How vectors compare (default: cosine).")
        private Similarity similarity = Similarity.COSINE;

        @Option(names = "--shards", paramLabel = "N", description = "Over how many shards keys are spread (default: all).")
        private int shards;

        @ArgGroup(exclusive = false, heading = "Limits:%n")
        private Limits limits = new Limits();

        @Mixin
        private Writing writing = new Writing();

        @Override
        int ask(Engram engram) {
            int wanted = dimension != 0 ? dimension : engram.cluster().status().embeddingDimension();
            if (wanted == 0) throw new IllegalArgumentException("--dimension is needed: the nodes have no text model");
            SpaceSettings settings = SpaceSettings.named(name, wanted).similarity(similarity).limits(limits.limits());
            Space created = engram.spaces().create(shards == 0 ? settings : settings.shards(shards), writing.options());
            show(() -> Json.of(created), () -> table(output(), List.of(created)));
            return ExitCode.OK;
        }
    }

    @Command(name = "get", mixinStandardHelpOptions = true, description = "Shows one space.", footer = ExitCode.HELP)
    static final class Get extends ClusterCommand {
        @Mixin
        private Freshness freshness = new Freshness();

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Override
        int ask(Engram engram) {
            Answer<Space> answer = engram.spaces().get(name, freshness.options());
            show(() -> Json.proven(Json.of(answer.value()), answer), () -> table(output(), List.of(answer.value())));
            return ExitCode.OK;
        }
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists spaces by name.", footer = ExitCode.HELP)
    static final class All extends ClusterCommand {
        @Mixin
        private Freshness freshness = new Freshness();

        @Override
        int ask(Engram engram) {
            ReadOptions options = freshness.options();
            Listing<Space> listing = Listing.fetch(0, token -> engram.spaces().page(token, options));
            show(() -> listing.json("spaces", Json::of), () -> table(output(), listing.items()));
            return ExitCode.OK;
        }
    }

    @Command(name = "update", mixinStandardHelpOptions = true, description = "Changes limits; what is not named stays.", footer = ExitCode.HELP)
    static final class Update extends ClusterCommand {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        @ArgGroup(exclusive = false, multiplicity = "1", heading = "Limits:%n")
        private Limits limits = new Limits();

        @Option(names = "--if-revision", paramLabel = "N", description = "Only if the space has this revision now.")
        private @Nullable Long ifRevision;

        @Mixin
        private Writing writing = new Writing();

        @Override
        int ask(Engram engram) {
            WriteOptions options = writing.options();
            if (ifRevision != null) options = options.when(WriteCondition.version(ifRevision));
            Space changed = engram.spaces().update(name, limits.limits(), options);
            show(() -> Json.of(changed), () -> table(output(), List.of(changed)));
            return ExitCode.OK;
        }
    }

    @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes a space and all it holds. Its --deadline is 20s by default.", footer = ExitCode.HELP)
    static final class Delete extends ClusterCommand {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        private static final Duration PATIENCE = Duration.ofSeconds(20);

        @Option(names = "--yes", required = true, description = "Yes, delete it: there is no way back.")
        private boolean yes;

        @Mixin
        private Writing writing = new Writing();

        @Override
        void check() {
            if (!yes) throw new IllegalArgumentException("--yes is needed");
        }

        /// Every shard of the space has to take part.
        @Override
        Optional<Duration> patience() {
            return Optional.of(PATIENCE);
        }

        @Override
        int ask(Engram engram) {
            Position position = engram.spaces().delete(name, writing.options());
            show(
                    () -> Json.object().put("deleted", name).set("position", Json.of(position)),
                    () -> output().line("deleted " + name));
            return ExitCode.OK;
        }
    }
}
