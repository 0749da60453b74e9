package io.engram.jepsen.cli;

import io.engram.jepsen.run.Backend;
import io.engram.jepsen.run.Campaign;
import io.engram.jepsen.run.FaultMenu;
import io.engram.jepsen.workload.Workloads;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/// What runs are made of, whether there is one or many.
final class CampaignOptions {
    private static final String TARGET = "endpoints=";

    @Option(names = "--nemesis", split = ",", paramLabel = "KIND", completionCandidates = FaultKinds.class, description = "faults to draw from: ${COMPLETION-CANDIDATES}; none: no faults")
    List<String> kinds = new ArrayList<>();

    @Option(names = "--time-limit", converter = Durations.class, defaultValue = "60s", description = "of the phase under faults; it lasts longer by what breaking and mending take, and at most twice as long (${DEFAULT-VALUE})")
    Duration timeLimit = Duration.ofSeconds(60);

    @Option(names = "--nemesis-interval", converter = Durations.class, description = "mean length of a fault, and of the pause after it (by time limit and kinds)")
    Duration interval = Duration.ZERO;

    @Option(names = "--concurrency", defaultValue = "10", description = "processes at a time (${DEFAULT-VALUE})")
    int concurrency = 10;

    @Option(names = "--rate", defaultValue = "200", description = "operations a second, over all processes (${DEFAULT-VALUE})")
    double rate = 200;

    @Option(names = "--nodes", defaultValue = "3", description = "of the cluster, 1..9 (${DEFAULT-VALUE})")
    int nodes = 3;

    @Option(names = "--keys", defaultValue = "3", description = "in use at a time, where a workload has keys (${DEFAULT-VALUE})")
    int keys = 3;

    @Option(names = "--delta", converter = Durations.class, defaultValue = "1s", description = "staleness that readers allow, where they do (${DEFAULT-VALUE})")
    Duration delta = Duration.ofSeconds(1);

    @Option(names = "--backend", defaultValue = "containers", description = "containers: every fault; processes: kill, pause, replace, rolling-restart (${DEFAULT-VALUE})")
    Backend backend = Backend.CONTAINERS;

    @Option(names = "--target", paramLabel = "endpoints=HOST:PORT,...", description = "somebody's own cluster instead: all its nodes")
    String target = "";

    @Option(names = "--nemesis-hook", paramLabel = "COMMAND", description = "breaks it: COMMAND inject|heal KIND NODE..., exits with 0 when the effect was seen")
    String hook = "";

    @Option(names = "--i-know-this-breaks-things", description = "says that the target may be cut, killed and filled with test data")
    boolean confirmed;

    /// @throws ParameterException what does not fit together, or breaks a rule
    Campaign campaign(CommandSpec spec, String workload, long seed) {
        try {
            if (!(rate > 0)) throw new IllegalArgumentException("rate must be above 0, was " + rate);
            FaultMenu.draw(kinds, timeLimit, interval(), seed);
            return new Campaign(workload, kinds, timeLimit, concurrency, rate, seed, nodes, keys, delta, ground());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    Duration interval() {
        return interval(kinds);
    }

    Duration interval(List<String> of) {
        return interval.isZero() ? FaultMenu.intervalFor(of, timeLimit) : interval;
    }

    private Campaign.Ground ground() {
        if (target.isEmpty()) {
            if (!hook.isEmpty()) throw new IllegalArgumentException("--nemesis-hook is for a --target");
            return new Campaign.Ground.Own(backend);
        }
        if (!target.startsWith(TARGET)) throw new IllegalArgumentException("--target must be " + TARGET + "HOST:PORT,..., was '" + target + "'");
        if (!confirmed)
            throw new IllegalArgumentException("this run fills " + target.substring(TARGET.length()) + " with test data"
                    + (kinds.isEmpty() ? "" : " and breaks it with " + String.join(", ", kinds)) + ": say --i-know-this-breaks-things if that is meant");
        Path command = Path.of(hook);
        if (!kinds.isEmpty() && !Files.isExecutable(command)) throw new IllegalArgumentException("--nemesis-hook must be an executable file, was '" + hook + "'");
        return new Campaign.Ground.Foreign(List.of(target.substring(TARGET.length()).split(",", -1)), command);
    }

    static final class WorkloadNames implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return Workloads.names().iterator();
        }
    }

    static final class FaultKinds implements Iterable<String> {
        @Override
        public Iterator<String> iterator() {
            return FaultMenu.kinds().iterator();
        }
    }
}
