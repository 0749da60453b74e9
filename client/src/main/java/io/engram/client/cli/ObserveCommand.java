package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.Observation;
import io.engram.client.reading.Documents;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "observe", mixinStandardHelpOptions = true, footer = ExitCode.HELP,
        description = "Streams standard input into a space, one observation a line (JSON Lines with --json-lines). "
                + "With --session, running it again with the same input goes on where it was cut off.")
final class ObserveCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Option(names = "--session", paramLabel = "NAME", description = "Default: a new one.")
    private @Nullable String session;

    @Option(names = "--json-lines", description = "Each line is a JSON object.")
    private boolean jsonLines;

    @Option(names = "--wait", paramLabel = "TIME", converter = Connection.Time.class, description = "How long to wait for a cluster under load (default 60s).")
    private Duration wait = Duration.ofMinutes(1);

    @Option(names = {"-q", "--quiet"}, description = "No progress.")
    private boolean quiet;

    @Override
    public Integer call() {
        AtomicInteger unreadable = new AtomicInteger();
        Documents documents = new Documents(Documents.Cut.LINES, (file, line, problem) -> {
            unreadable.incrementAndGet();
            output.remark("line " + line + ": " + problem);
        });
        try (Engram engram = connection.open(); Stream<Observation> lines = documents.standardInput(System.in, jsonLines)) {
            Iterator<Observation> observations = lines.iterator();
            int code = new Feeding(output, quiet).run(engram, space, session == null ? ImportCommand.fresh() : session, wait, observations, 0);
            return code == ExitCode.OK && unreadable.get() > 0 ? ExitCode.PARTLY : code;
        }
    }
}
