package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.Observation;
import io.engram.client.reading.Documents;
import io.engram.client.reading.Documents.Cut;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "import", mixinStandardHelpOptions = true, footer = ExitCode.HELP,
        description = "Reads text, Markdown and JSON Lines files, or folders of them, into a space. Keys are path#number, so importing "
                + "again replaces what was there.")
final class ImportCommand implements Callable<Integer> {
    @Mixin
    private Connection connection = new Connection();

    @Mixin
    private Output output = new Output();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1..*", paramLabel = "FILE", arity = "1..*")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--lines", description = "One memory a line instead of one a passage.")
    private boolean lines;

    @Option(names = "--session", paramLabel = "NAME",
            description = "Importing the same files again under the same name goes on where it was cut off. Default: a new one.")
    private @Nullable String session;

    @Option(names = "--wait", paramLabel = "TIME", converter = Connection.Time.class, description = "How long to wait for a cluster under load (default 60s).")
    private Duration wait = Duration.ofMinutes(1);

    @Option(names = {"-q", "--quiet"}, description = "No progress.")
    private boolean quiet;

    @Override
    public Integer call() throws IOException {
        Map<String, String> environment = System.getenv();
        Path caller = Path.of(environment.getOrDefault("ENGRAM_CALLER", ""));
        AtomicInteger unreadable = new AtomicInteger();
        Documents documents = new Documents(lines ? Cut.LINES : Cut.PASSAGES, (file, line, problem) -> {
            unreadable.incrementAndGet();
            output.remark(file + (line == 0 ? "" : ":" + line) + ": " + problem);
        });
        List<Path> found = documents.files(files.stream().map(caller::resolve).toList());
        try (Engram engram = connection.open();
                Stream<Observation> observations = found.stream().flatMap(file -> documents.read(file, name(caller, file)))) {
            int code = new Feeding(output, quiet).run(engram, space, session == null ? fresh() : session, wait, observations.iterator(), 0);
            return code == ExitCode.OK && unreadable.get() > 0 ? ExitCode.PARTLY : code;
        }
    }

    static String fresh() {
        return "cli-" + UUID.randomUUID();
    }

    /// Relative to where the user stands, if it is below.
    private static String name(Path caller, Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path base = caller.toAbsolutePath().normalize();
        return (absolute.startsWith(base) ? base.relativize(absolute) : absolute).toString();
    }
}
