package io.engram.jepsen.cli;

import io.engram.jepsen.history.format.BadHistoryException;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.report.BadRunException;
import io.engram.jepsen.report.Report;
import io.engram.jepsen.report.ReportFolder;
import io.engram.jepsen.report.RunRecord;
import io.engram.jepsen.run.ScheduleFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `report DIR`: makes a run's page again, from what stands in its folder.
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Makes report.html of a run again, from run.json, results.json, history.jsonl, schedule.json and the nodes' logs in its folder.")
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(index = "0", paramLabel = "DIR", description = "The run's folder.")
    private Path folder = Path.of("");

    ReportCommand() {}

    @Override
    public Integer call() throws Exception {
        Path run = folder.toAbsolutePath().normalize();
        if (!Files.isDirectory(run)) throw new ParameterException(spec.commandLine(), "DIR must be a run's folder; there is no " + run);
        try {
            RunRecord record = ReportFolder.read(run, schedule(run.resolve("schedule.json")));
            Report.write(record, ReportFolder.report(run));
        } catch (NoSuchFileException missing) {
            throw new ParameterException(spec.commandLine(), "DIR must be a run's folder; there is no " + missing.getMessage(), missing);
        } catch (BadRunException | BadHistoryException bad) {
            throw new ParameterException(spec.commandLine(), run + ": " + bad.getMessage(), bad);
        }
        spec.commandLine().getOut().println(ReportFolder.report(run));
        return Exit.VALID;
    }

    /// A run without a schedule file had no faults planned.
    private Schedule schedule(Path file) throws IOException {
        if (!Files.exists(file)) return new Schedule(0, List.of());
        try {
            return ScheduleFile.read(file);
        } catch (IllegalArgumentException bad) {
            throw new ParameterException(spec.commandLine(), String.valueOf(bad.getMessage()), bad);
        }
    }
}
