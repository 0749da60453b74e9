package io.engram.jepsen.cli;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.linear.LinearChecker;
import io.engram.jepsen.checker.linear.Models;
import io.engram.jepsen.checker.linear.Reading;
import io.engram.jepsen.checker.linear.Specimen;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.format.HistoryFile;
import io.engram.jepsen.history.format.HistoryFormat;
import io.engram.jepsen.history.format.Keyed;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// How fast the linearizability checker decides. Times are those of the check alone: files are read, and histories made, before.
@Command(name = "benchmark", mixinStandardHelpOptions = true, description = "Measures the linearizability checker on this machine.")
final class BenchmarkCommand implements Callable<Integer> {
    @Option(names = "--histories", paramLabel = "DIR", description = "Also decide the logs (*.log) of Jepsen's etcd test in this folder, one after the other.")
    private @Nullable Path histories;

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "5", description = "Rounds; the best and the median count (default: ${DEFAULT-VALUE}).")
    private int rounds = 5;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "1", description = "Of the histories that are made (default: ${DEFAULT-VALUE}).")
    private long seed = 1;

    @CommandLine.Spec
    private CommandSpec spec = CommandSpec.create();

    BenchmarkCommand() {}

    @Override
    public Integer call() throws IOException {
        if (rounds < 1 || rounds > 1000) throw new ParameterException(spec.commandLine(), "--rounds must be 1..1000, was " + rounds);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(Locale.ROOT, "%-86s %9s %9s %9s  %s%n", "history", "first ms", "best ms", "median ms", "verdicts");
        if (histories != null) measure(out, "logs of Jepsen's etcd test", logs(histories), Reading.of(HistoryFormat.ETCD_LOG));
        for (Specimen specimen : specimens()) measure(out, named(specimen), List.of(specimen.make()), Reading.OURS);
        return Exit.VALID;
    }

    private List<Specimen> specimens() {
        return List.of(
                new Specimen(100_000, 100, 10, 0.01, 0, false, seed),
                new Specimen(100_000, 100, 10, 0.01, 5, false, seed),
                new Specimen(100_000, 100, 10, 0.01, 5, true, seed),
                new Specimen(100_000, 1, 10, 0, 0, false, seed),
                new Specimen(1_000, 1, 30, 0.01, 0, false, seed),
                new Specimen(1_000, 1, 10, 0.1, 0, true, seed));
    }

    private static String named(Specimen s) {
        return String.format(
                Locale.ROOT,
                "%,d operations, %d keys, %d at a time each, %.0f %% crashed, %s%s",
                s.operations(),
                s.keys(),
                s.processes(),
                s.crashes() * 100,
                s.values() == 0 ? "every value once" : s.values() + " values",
                s.lie() ? ", one lie" : "");
    }

    private static List<History> logs(Path folder) throws IOException {
        List<History> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".log")).sorted().toList())
                found.add(HistoryFile.read(file, Keyed.NO).history());
        }
        if (found.isEmpty()) throw new NoSuchFileException(folder + "/*.log");
        return found;
    }

    private void measure(PrintWriter out, String name, List<History> all, Reading reading) {
        LinearChecker checker = new LinearChecker(Models.named("cas-register", reading));
        double[] millis = new double[rounds];
        int[] verdicts = new int[3];
        for (int round = 0; round < rounds; round++) {
            verdicts = new int[3];
            long start = System.nanoTime();
            for (History history : all) {
                Finding finding = checker.check(history, Limits.usual());
                verdicts[Exit.of(finding.verdict())]++;
            }
            millis[round] = (System.nanoTime() - start) / 1e6;
        }
        double first = millis[0];
        Arrays.sort(millis);
        out.printf(
                Locale.ROOT,
                "%-86s %9.1f %9.1f %9.1f  %d valid, %d invalid, %d unknown%n",
                all.size() == 1 ? name : all.size() + " " + name,
                first,
                millis[0],
                millis[rounds / 2],
                verdicts[Exit.VALID],
                verdicts[Exit.INVALID],
                verdicts[Exit.UNKNOWN]);
        out.flush();
    }
}
