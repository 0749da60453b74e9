package io.engram.jepsen.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.Edn;
import io.engram.jepsen.history.format.JsonValues;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.report.Report;
import io.engram.jepsen.report.ReportFolder;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.report.ResultsFile;
import io.engram.jepsen.report.RunFacts;
import io.engram.jepsen.report.RunFile;
import io.engram.jepsen.report.RunRecord;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// What stays of a run: each file is written as soon as what it holds is known, so that a run that was cut short still tells.
final class RunFolder {
    private static final ObjectMapper JSON = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private final Path folder;

    private RunFolder(Path folder) {
        this.folder = folder;
    }

    /// @throws IllegalArgumentException there is something in it
    static RunFolder create(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (Stream<Path> files = Files.list(folder)) {
            if (files.findAny().isPresent()) throw new IllegalArgumentException("the run's folder " + folder + " must be empty");
        }
        return new RunFolder(folder);
    }

    Path history() {
        return folder.resolve("history.jsonl");
    }

    /// Where the nodes' logs go.
    Path logs() {
        return folder.resolve("nodes");
    }

    List<Path> nodeLogs() throws IOException {
        if (!Files.exists(logs())) return List.of();
        try (Stream<Path> files = Files.list(logs())) {
            return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
        }
    }

    void schedule(Schedule schedule) throws IOException {
        ScheduleFile.write(schedule, folder.resolve("schedule.json"));
    }

    void facts(RunFacts facts) throws IOException {
        RunFile.write(facts, folder.resolve("run.json"));
    }

    void digests(Optional<Digests> digests) throws IOException {
        Value value = digests.map(Digests::value).orElse(Value.NIL);
        Files.writeString(folder.resolve("digests.json"), JSON.writeValueAsString(JsonValues.write(value)) + "\n");
    }

    void edn(History history) throws IOException {
        try (BufferedWriter to = Files.newBufferedWriter(folder.resolve("history.edn"))) {
            Edn.write(history, to);
        }
    }

    /// The verdict first: a report that fails must not take it along.
    void results(RunFacts facts, Results results, History history, Schedule schedule) throws IOException {
        ResultsFile.write(results, folder.resolve("results.json"));
        Report.write(new RunRecord(facts, results, history, schedule, ReportFolder.logs(folder, facts)), ReportFolder.report(folder));
    }
}
