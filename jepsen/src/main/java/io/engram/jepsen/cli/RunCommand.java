package io.engram.jepsen.cli;

import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.run.Campaign;
import io.engram.jepsen.run.FaultMenu;
import io.engram.jepsen.run.ScheduleFile;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "run", mixinStandardHelpOptions = true, description = "Starts a cluster, uses it and breaks it at once, and judges what it did.", footer = Exit.HELP)
final class RunCommand implements Callable<Integer> {
    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss");

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--workload", required = true, completionCandidates = CampaignOptions.WorkloadNames.class, description = "${COMPLETION-CANDIDATES}")
    private String workload = "";

    @Mixin
    private CampaignOptions options = new CampaignOptions();

    @Option(names = "--seed", description = "of all chance (drawn, and printed)")
    private @Nullable Long seed;

    @Option(names = "--schedule", description = "faults as in this file, instead of drawn ones")
    private @Nullable Path schedule;

    @Option(names = "--out", description = "folder of the run, empty or not there yet (data/jepsen/WORKLOAD-SEED-TIME)")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        long chosen = seed == null ? RandomGenerator.getDefault().nextLong(1_000_000_000) : seed;
        Campaign campaign = options.campaign(spec, workload, chosen);
        Schedule faults = schedule == null ? FaultMenu.draw(options.kinds, options.timeLimit, options.interval(), chosen) : read(schedule);
        Path folder = Caller.resolve(out == null ? Path.of("data/jepsen", workload + "-" + chosen + "-" + stamp()) : out);
        PrintWriter print = spec.commandLine().getOut();
        print.println("seed " + chosen + ", folder " + folder);
        print.flush();
        Results results = campaign.run(faults, folder, line -> {
            print.println(line);
            print.flush();
        });
        results.findings().forEach(f -> print.printf("  %-8s %-20s %s%n", f.verdict().word(), f.checker(), f.sentence()));
        print.println("counts " + results.counts());
        print.println(results.verdict().word().toUpperCase(java.util.Locale.ROOT) + ": " + results.sentence());
        print.println("report " + folder.resolve("report.html"));
        print.flush();
        return Exit.of(results.verdict());
    }

    /// For names of folders: the time, as it is in UTC.
    static String stamp() {
        return LocalDateTime.now(ZoneOffset.UTC).format(STAMP);
    }

    private Schedule read(Path file) throws IOException {
        try {
            return ScheduleFile.read(Caller.resolve(file));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), "--schedule: " + e.getMessage(), e);
        }
    }
}
