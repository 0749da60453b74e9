package io.engram.jepsen.control;

import io.engram.jepsen.cluster.ContainerCluster;
import io.engram.jepsen.cluster.Installation;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/// `self-test`: every known-bad control must be found.
@Command(
        name = "self-test",
        mixinStandardHelpOptions = true,
        description = "Runs systems that are known to be bad: each must be found by the workload that is there for it.",
        footer = "%nExit codes: 0 all found; 1 one was not, or a baseline was not valid; 254 bad arguments; 255 the harness itself failed, or there is no Docker engine and REQUIRE_DOCKER=1.")
public final class SelfTestCommand implements Callable<Integer> {
    private static final int FOUND = 0;
    private static final int ESCAPED = 1;
    private static final int FAILED = 255;
    private static final String ALL = "all";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Option(names = "--only", split = ",", paramLabel = "CONTROL", description = "these controls (all)")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--baseline", split = ",", paramLabel = "CONTROL",
            description = "of these, or all: what came of it is also run on a system that is not wrong, with the same seed, and must be valid (none)")
    private List<String> baselines = new ArrayList<>();

    @Option(names = "--seed", defaultValue = "1", description = "of the first try of each control (${DEFAULT-VALUE})")
    private long seed = 1;

    @Option(names = "--out", description = "folder that the runs are kept in (a new one below the system's folder for temporary files)")
    private @Nullable Path out;

    @Option(names = "--verbose", description = "tells how each run goes")
    private boolean verbose;

    @Override
    public Integer call() throws Exception {
        List<Control> controls = named("--only", only.isEmpty() ? List.of(ALL) : only);
        List<Control> compared = named("--baseline", baselines);
        PrintWriter print = spec.commandLine().getOut();
        Path folder = folder();
        print.println("self-test of " + controls.size() + " controls, seed " + seed + ", runs in " + folder);
        print.flush();
        // Asked only where it matters: the answer can take its time.
        boolean docker = controls.stream().anyMatch(control -> control.ground().containers()) && ContainerCluster.possible();
        boolean insist = "1".equals(System.getenv("REQUIRE_DOCKER"));
        AgentJar agent = AgentJar.find(Installation.find());
        SelfTest test = new SelfTest(agent, folder, line -> {
            if (!verbose && !line.contains("not found")) return;
            print.println("  " + line);
            print.flush();
        });
        Tally tally = new Tally(print);
        for (Control control : controls) {
            if (control.ground().containers() && !docker) {
                tally.skipped(control);
                continue;
            }
            try {
                Sighting sighting = test.look(control, seed);
                tally.seen(control, sighting, compared.contains(control) ? test.baseline(control, sighting.seed()) : null);
            } catch (InterruptedException e) {
                throw e;
            } catch (Exception e) {
                tally.failed(control, e);
            }
        }
        tally.table();
        if (tally.skipped() > 0 && insist) {
            print.println("SELF-TEST FAILED: " + tally.skipped() + " controls need a Docker engine, and REQUIRE_DOCKER=1 insists on one");
            return FAILED;
        }
        if (tally.failed() > 0) return FAILED;
        return tally.escaped() > 0 || tally.unsound() > 0 ? ESCAPED : FOUND;
    }

    private List<Control> named(String option, List<String> chosen) {
        List<Control> all = Controls.all();
        if (chosen.equals(List.of(ALL))) return all;
        List<String> names = all.stream().map(Control::name).toList();
        for (String name : chosen)
            if (!names.contains(name))
                throw new ParameterException(spec.commandLine(), option + ": no control '" + name + "'; there are " + String.join(", ", names));
        return all.stream().filter(control -> chosen.contains(control.name())).toList();
    }

    private Path folder() throws IOException {
        if (out == null) return Files.createTempDirectory("engram-self-test-");
        Path folder = Path.of(System.getenv().getOrDefault("ENGRAM_CALLER", "")).resolve(out).toAbsolutePath().normalize();
        return Files.createDirectories(folder);
    }
}
