package io.engram.jepsen.report;

import io.engram.jepsen.history.History;
import io.engram.jepsen.history.format.JsonLines;
import io.engram.jepsen.nemesis.Schedule;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/// A run's folder as a report sees it: run.json, results.json, history.jsonl, nodes/<name>.log; the report is report.html.
public final class ReportFolder {
    private ReportFolder() {}

    /// @param schedule of the run, read by whoever knows its form
    /// @throws BadRunException a file is not what it should be; with its name, the field and the rule
    /// @throws io.engram.jepsen.history.format.BadHistoryException the history is none
    /// @throws java.nio.file.NoSuchFileException one of the three files is not there
    public static RunRecord read(Path folder, Schedule schedule) throws IOException {
        RunFacts facts = RunFile.read(folder.resolve("run.json"));
        Results results = ResultsFile.read(folder.resolve("results.json"));
        History history;
        try (BufferedReader from = Files.newBufferedReader(folder.resolve("history.jsonl"))) {
            history = JsonLines.read(from);
        }
        return new RunRecord(facts, results, history, schedule, logs(folder, facts));
    }

    /// The nodes' log files in the folder of a run.
    public static Map<String, Path> logs(Path folder, RunFacts facts) {
        Map<String, Path> logs = new LinkedHashMap<>();
        for (String node : facts.nodes()) logs.put(node, folder.resolve("nodes").resolve(node + ".log"));
        return logs;
    }

    /// Where the report goes.
    public static Path report(Path folder) {
        return folder.resolve("report.html");
    }
}
