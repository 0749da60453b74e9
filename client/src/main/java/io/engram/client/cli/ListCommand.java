package io.engram.client.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.engram.client.Engram;
import io.engram.client.ListQuery;
import io.engram.client.Memory;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "list", mixinStandardHelpOptions = true, description = "Lists memories by key.", footer = ExitCode.HELP)
final class ListCommand implements Callable<Integer> {
    private static final int PAGE = 500;

    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Output output = new Output();

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
    public Integer call() {
        ListQuery query = ListQuery.prefix(prefix).pageSize(limit == 0 ? PAGE : (int) Math.min(PAGE, limit));
        if (where.filter().isPresent()) query = query.filter(where.filter().get());
        try (Engram engram = connection.open(); Stream<Memory> memories = engram.space(space).list(query, reading.options())) {
            Stream<Memory> wanted = limit == 0 ? memories : memories.limit(limit);
            if (output.json()) {
                ArrayNode nodes = Json.array();
                wanted.forEach(memory -> nodes.add(Json.of(memory)));
                output.show(nodes);
            } else {
                List<List<String>> rows = wanted.map(m -> List.of(m.key(), Long.toString(m.version()), Json.name(m.tier()), Shown.snippet(m.text()))).toList();
                output.table(List.of("KEY", "VERSION", "TIER", "TEXT"), rows);
            }
            return ExitCode.OK;
        }
    }
}
