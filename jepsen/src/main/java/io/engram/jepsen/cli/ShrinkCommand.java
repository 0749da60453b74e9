package io.engram.jepsen.cli;

import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.run.Campaign;
import io.engram.jepsen.run.ScheduleFile;
import io.engram.jepsen.run.Shrink;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "shrink", mixinStandardHelpOptions = true,
        description = "Repeats a run that failed with fewer and fewer faults, as long as it still fails. Exits with 1 if it failed again, with 2 if not.", footer = Exit.HELP)
final class ShrinkCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Parameters(paramLabel = "DIR", description = "folder of the run")
    private Path folder = Path.of("");

    @Option(names = "--repeats", defaultValue = "3", description = "runs of each candidate (${DEFAULT-VALUE})")
    private int repeats = 3;

    @Option(names = "--most-trials", defaultValue = "30", description = "candidates at most (${DEFAULT-VALUE})")
    private int mostTrials = 30;

    @Override
    public Integer call() throws Exception {
        Path from = Caller.resolve(folder);
        Campaign campaign;
        Schedule schedule;
        try {
            if (repeats < 1 || mostTrials < 1) throw new IllegalArgumentException("--repeats and --most-trials must be positive");
            campaign = Campaign.read(from.resolve("run.json"));
            schedule = ScheduleFile.read(from.resolve("schedule.json"));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
        PrintWriter print = spec.commandLine().getOut();
        Path into = from.resolve("shrink-" + RunCommand.stamp());
        Shrink shrink = new Shrink((faults, to) -> campaign.run(faults, to, line -> {}), repeats, mostTrials, into, line -> {
            print.println(line);
            print.flush();
        });
        Shrink.Shrunk shrunk = shrink.shrink(schedule);
        if (!shrunk.reproduced()) {
            print.println("NOT REPRODUCED: none of " + shrunk.repeats() + " runs failed");
            print.flush();
            return Exit.UNKNOWN;
        }
        print.println("SHRUNK to " + shrunk.schedule().faults().size() + " of " + schedule.faults().size() + " faults; fails " + shrunk.failed() + " of " + shrunk.repeats()
                + " times (" + shrunk.runs() + " runs in all)");
        print.println("repeat " + campaign.command() + " --schedule " + into.resolve("shrunk.json"));
        print.flush();
        return Exit.INVALID;
    }
}
