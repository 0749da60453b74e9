package io.engram.client.cli;

import io.engram.client.Engram;
import io.engram.client.Observation;
import io.engram.client.reading.Documents;
import io.engram.client.reading.Documents.Cut;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(name = "import", mixinStandardHelpOptions = true, footer = ExitCode.HELP,
        description = "Reads text, Markdown and JSON Lines files, or folders of them, into a space. Keys are path#number, so importing "
                + "again replaces what was there.")
final class ImportCommand extends ClusterCommand {
    @Mixin
    private Feeding feeding = new Feeding();

    @Parameters(index = "0", paramLabel = "SPACE")
    private String space = "";

    @Parameters(index = "1..*", paramLabel = "FILE", arity = "1..*")
    private List<Path> files = new ArrayList<>();

    @Option(names = "--lines", description = "One memory a line instead of one a passage.")
    private boolean lines;

    @Override
    int ask(Engram engram) throws IOException {
        Path caller = Path.of(System.getenv().getOrDefault("ENGRAM_CALLER", ""));
        AtomicInteger unreadable = new AtomicInteger();
        Documents documents = new Documents(cut(), (file, line, problem) -> {
            unreadable.incrementAndGet();
            output().remark(file + (line == 0 ? "" : ":" + line) + ": " + problem);
        });
        List<Path> found = documents.files(files.stream().map(caller::resolve).toList());
        try (Stream<Observation> observations = found.stream().flatMap(file -> documents.read(file, name(caller, file)))) {
            return feeding.run(output(), engram, space, observations.iterator(), total(found), unreadable::get);
        }
    }

    /// Reads everything once more beforehand: quick beside what the cluster does with it. 0: nobody wants to know, or what can be
    /// read only once, such as a pipe, is among it.
    private long total(List<Path> found) {
        if (!feeding.showsProgress() || !found.stream().allMatch(Files::isRegularFile)) return 0;
        Documents counted = new Documents(cut(), (file, line, problem) -> {});
        try (Stream<Observation> observations = found.stream().flatMap(file -> counted.read(file, ""))) {
            return observations.count();
        }
    }

    private Cut cut() {
        return lines ? Cut.LINES : Cut.PASSAGES;
    }

    /// Relative to where the user stands, if it is below.
    private static String name(Path caller, Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path base = caller.toAbsolutePath().normalize();
        return (absolute.startsWith(base) ? base.relativize(absolute) : absolute).toString();
    }
}
