package io.engram.jepsen.cli;

import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.run.Campaign;
import io.engram.jepsen.run.FaultMenu;
import io.engram.jepsen.run.Soak;
import io.engram.jepsen.run.Source;
import io.engram.jepsen.workload.Workloads;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(name = "soak", mixinStandardHelpOptions = true, description = "Run after run with fresh seeds, through all workloads and faults; keeps what was not valid.", footer = Exit.HELP)
final class SoakCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--hours", required = true, description = "how long; parts of an hour as 0.5")
    private double hours;

    @Option(names = "--workload", split = ",", completionCandidates = CampaignOptions.WorkloadNames.class, description = "only these of ${COMPLETION-CANDIDATES} (all)")
    private List<String> workloads = new ArrayList<>();

    @Mixin
    private CampaignOptions options = new CampaignOptions();

    @Option(names = "--seed", description = "that the runs' seeds are drawn from (drawn, and printed)")
    private @Nullable Long seed;

    @Option(names = "--out", description = "folder of what is kept (data/jepsen/soak-TIME)")
    private @Nullable Path out;

    @Override
    public Integer call() throws Exception {
        if (!(hours > 0 && hours <= 1_000)) throw new ParameterException(spec.commandLine(), "--hours must be above 0 and at most 1000, was " + hours);
        long chosen = seed == null ? RandomGenerator.getDefault().nextLong(1_000_000_000) : seed;
        List<String> which = workloads.isEmpty() ? Workloads.names() : workloads;
        Campaign first = options.campaign(spec, which.getFirst(), chosen);
        for (String workload : which) if (!Workloads.names().contains(workload)) throw new ParameterException(spec.commandLine(), "no workload '" + workload + "'");
        List<List<String>> faults = options.kinds.isEmpty() ? options.backend.soakFaults() : List.of(options.kinds);
        Path folder = Caller.resolve(out == null ? Path.of("data/jepsen", "soak-" + RunCommand.stamp()) : out);
        PrintWriter print = spec.commandLine().getOut();
        print.println("seed " + chosen + ", folder " + folder);
        print.flush();
        Soak soak = new Soak(
                (workload, kinds, with, to) -> first.with(workload, kinds, with)
                        .run(FaultMenu.draw(kinds, options.timeLimit, options.interval(kinds), with), to, line -> {}),
                faults, folder, about(first, chosen), new SplittableRandom(chosen), System::nanoTime, line -> {
                    print.println(line);
                    print.flush();
                });
        List<Soak.Entry> entries = soak.run(which, Duration.ofMillis(Math.round(hours * 3_600_000)));
        print.print(Soak.table(entries));
        print.flush();
        Verdict verdict = Soak.verdict(entries);
        return verdict == null ? Exit.FAILED : Exit.of(verdict);
    }

    private Map<String, String> about(Campaign first, long chosen) {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("began", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        about.put("commit", Source.commit());
        about.put("seed of the soak", Long.toString(chosen));
        about.put("machine", Runtime.getRuntime().availableProcessors() + " cores, " + System.getProperty("os.name") + " " + System.getProperty("os.version"));
        about.put("one run", "`" + first.command().replaceAll(" --(workload|nemesis|seed) \\S+", "") + " --workload … --nemesis … --seed …`");
        return about;
    }
}
