package io.engram.jepsen.report;

import io.engram.jepsen.history.format.JsonLines;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;

/// A [SyntheticRun] as a folder, without a report.
public final class SyntheticFolder {
    private SyntheticFolder() {}

    public static void write(Path folder, long seed, int operations) throws IOException {
        write(folder, new SyntheticRun(seed, operations).valid(Files.createDirectories(folder.resolve("nodes"))));
    }

    static void write(Path folder, RunRecord run) throws IOException {
        Files.createDirectories(folder);
        RunFile.write(run.facts(), folder.resolve("run.json"));
        ResultsFile.write(run.results(), folder.resolve("results.json"));
        try (Writer to = Files.newBufferedWriter(folder.resolve("history.jsonl"))) {
            JsonLines.write(run.history(), to);
        }
    }
}
