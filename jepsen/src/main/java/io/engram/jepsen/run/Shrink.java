package io.engram.jepsen.run;

import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.report.Results;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/// Finds the few faults of a failed run that it takes to fail. Runs are not exact repetitions, so each candidate is run several times, and
/// counts as failing if any of these runs is invalid; how often is told.
public final class Shrink {
    /// Makes one run.
    public interface Runner {
        Results run(Schedule schedule, Path folder) throws Exception;
    }

    /// @param schedule what is left
    /// @param failed of `repeats` runs with it
    public record Shrunk(Schedule schedule, int failed, int repeats, int runs) {
        /// Whether it failed again at all.
        public boolean reproduced() {
            return failed > 0;
        }
    }

    private final Runner runner;
    private final int repeats;
    private final int mostTrials;
    private final Path folder;
    private final Consumer<String> say;
    private int runs;
    private long seed;

    /// @param repeats of each candidate
    /// @param mostTrials candidates at most
    /// @param folder under which the runs go
    public Shrink(Runner runner, int repeats, int mostTrials, Path folder, Consumer<String> say) {
        this.runner = runner;
        this.repeats = repeats;
        this.mostTrials = mostTrials;
        this.folder = folder;
        this.say = say;
    }

    /// Writes what is left to `shrunk.json` in the folder.
    public Shrunk shrink(Schedule failing) throws Exception {
        Files.createDirectories(folder);
        seed = failing.seed();
        int failed = failures(failing, repeats);
        say.accept(told(failing.faults()) + ": failed " + failed + " of " + repeats);
        if (failed == 0) return new Shrunk(failing, 0, repeats, runs);
        List<Planned> left = new Shrinking<Planned>(this::stillFails, mostTrials).shrink(failing.faults());
        Schedule shrunk = new Schedule(failing.seed(), left);
        // The candidates stopped at their first failure; the rate of what is left takes all repeats.
        int rate = left.size() == failing.faults().size() ? failed : failures(shrunk, repeats);
        write(shrunk);
        return new Shrunk(shrunk, rate, repeats, runs);
    }

    private boolean stillFails(List<Planned> faults) throws Exception {
        Schedule candidate = new Schedule(seed, faults);
        for (int i = 1; i <= repeats; i++)
            if (invalid(candidate)) {
                say.accept(told(faults) + ": fails (run " + i + " of at most " + repeats + ")");
                return true;
            }
        say.accept(told(faults) + ": did not fail in " + repeats + " runs");
        return false;
    }

    private int failures(Schedule schedule, int times) throws Exception {
        int failures = 0;
        for (int i = 0; i < times; i++) if (invalid(schedule)) failures++;
        return failures;
    }

    private boolean invalid(Schedule schedule) throws Exception {
        runs++;
        return runner.run(schedule, folder.resolve("run-" + runs)).verdict() == Verdict.INVALID;
    }

    private void write(Schedule schedule) throws IOException {
        ScheduleFile.write(schedule, folder.resolve("shrunk.json"));
    }

    private static String told(List<Planned> faults) {
        if (faults.isEmpty()) return "no faults at all";
        return faults.stream().map(p -> p.id() + " " + FaultText.kind(p.fault())).collect(Collectors.joining(", ", faults.size() + " faults (", ")"));
    }
}
