package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.Observation;
import io.engram.client.reading.Documents;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "observe", mixinStandardHelpOptions = true, footer = ExitCode.HELP,
        description = "Streams standard input into a space, one observation a line (JSON Lines with --json-lines). "
                + "With --session, running it again with the same input goes on where it was cut off.")
final class ObserveCommand extends ClusterCommand {
    @Mixin
    private Feeding feeding = new Feeding();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Option(names = "--json-lines", description = "Each line is a JSON object.")
    private boolean jsonLines;

    @Override
    int ask(Engram engram) {
        AtomicInteger unreadable = new AtomicInteger();
        Documents documents = new Documents(Documents.Cut.LINES, (file, line, problem) -> {
            unreadable.incrementAndGet();
            output().remark("line " + line + ": " + problem);
        });
        try (Stream<Observation> lines = documents.standardInput(System.in, jsonLines)) {
            return feeding.run(output(), engram, space, lines.iterator(), 0, unreadable::get);
        }
    }
}
