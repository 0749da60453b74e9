package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.ListQuery;
import io.engram.client.Memory;
import io.engram.client.MemorySpace;
import io.engram.client.ReadOptions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists memories by key.", footer = ExitCode.HELP)
final class ListCommand extends ClusterCommand {
    private static final int PAGE = 500;

    @Mixin
    private Reading reading = new Reading();

    @Mixin
    private Where where = new Where();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only keys that begin with this.")
    private String prefix = "";

    @Option(names = "--limit", paramLabel = "N", description = "At most so many (default: ${DEFAULT-VALUE}; 0: all).", defaultValue = "100")
    private long limit = 100;

    @Override
    void check() {
        if (limit < 0) throw new IllegalArgumentException("--limit must be 0 or above, was " + limit);
    }

    @Override
    int ask(Engram engram) {
        ListQuery all = ListQuery.prefix(prefix).pageSize(limit == 0 ? PAGE : (int) Math.min(PAGE, limit));
        ListQuery query = where.filter().map(all::filter).orElse(all);
        MemorySpace memories = engram.space(space);
        ReadOptions options = reading.options();
        Listing<Memory> listing = Listing.fetch(limit, token -> memories.page(query, token, options));
        show(
                () -> listing.json("memories", Json::of),
                () -> {
                    output().table(
                            List.of("KEY", "VERSION", "TIER", "TEXT"),
                            listing.items().stream()
                                    .map(m -> List.of(m.key(), Long.toString(m.version()), Json.name(m.tier()), Shown.snippet(m.text())))
                                    .toList());
                });
        return ExitCode.OK;
    }
}
