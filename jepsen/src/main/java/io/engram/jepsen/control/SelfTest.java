package io.engram.jepsen.control;

import io.engram.jepsen.history.History;
import io.engram.jepsen.history.format.HistoryFile;
import io.engram.jepsen.history.format.Keyed;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.run.EngramProbe;
import io.engram.jepsen.run.Run;
import io.engram.jepsen.run.RunSpec;
import io.engram.jepsen.store.EngramStores;
import io.engram.jepsen.workload.Workload;
import io.engram.jepsen.workload.Workloads;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;

/// Runs controls, each until it is found or has escaped too often.
final class SelfTest {
    /// Whether a fault hits the moment that counts is chance, and less likely on a machine that is busy; six times is not.
    static final int TRIES = 6;

    /// What becomes of a broken cluster is not the question, only what its last reads see: a moment for it to elect a leader.
    private static final Run.Patience HASTY = new Run.Patience(Duration.ofSeconds(30), Duration.ofSeconds(5));

    private final AgentJar agent;
    private final Path folder;
    private final Consumer<String> say;

    /// @param folder a run's folder is made in it for each try
    SelfTest(AgentJar agent, Path folder, Consumer<String> say) {
        this.agent = agent;
        this.folder = folder;
        this.say = say;
    }

    /// The first run in which it was found, or else the last.
    ///
    /// @param seed of the first try
    /// @throws Exception the harness itself failed
    Sighting look(Control control, long seed) throws Exception {
        Sighting sighting = once(control, seed);
        for (int i = 1; i < TRIES && !sighting.found(); i++) {
            say.accept(control.name() + ": not found with seed " + sighting.seed() + " (" + sighting.sentence() + "), again");
            sighting = once(control, seed + i);
        }
        return sighting;
    }

    /// The same workload, faults and seed on a system that is not wrong.
    ///
    /// @throws Exception the harness itself failed
    Baseline baseline(Control control, long seed) throws Exception {
        long began = System.nanoTime();
        Results results = run(control, control.ground().sound(), folder.resolve(control.name() + "-baseline-" + seed), seed, Run.Patience.USUAL);
        return new Baseline(results.verdict(), results.sentence(), Duration.ofNanos(System.nanoTime() - began));
    }

    private Sighting once(Control control, long seed) throws Exception {
        Path run = folder.resolve(control.name() + "-" + seed);
        long began = System.nanoTime();
        Results results = run(control, control.ground(), run, seed, HASTY);
        History history = HistoryFile.read(run.resolve("history.jsonl"), Keyed.NO).history();
        return Sighting.of(control, results, history, seed, Duration.ofNanos(System.nanoTime() - began));
    }

    private Results run(Control control, Control.Ground ground, Path run, long seed, Run.Patience patience) throws Exception {
        Path data = folder.resolve("data");
        Control.Use use = control.use();
        Workload workload = Workloads.named(
                use.workload(), new EngramStores(use.deadline()), new Workloads.Size("control", use.keys(), use.delta(), use.concurrency()));
        RunSpec spec = new RunSpec(
                control.faults().isEmpty() ? List.of() : List.of("control"), new Schedule(seed, control.faults()), use.timeLimit(),
                use.concurrency(), use.rate(), seed, Map.of("control", String.join(",", ground.switches())), run,
                "./engram jepsen self-test --only " + control.name() + " --seed " + seed);
        Results results;
        try {
            results = new Run(spec, workload, () -> agent.start(ground, data), cluster -> new EngramProbe(cluster::endpoints),
                            line -> say.accept(control.name() + ": " + line), patience)
                    .go();
        } finally {
            remove(data);
        }
        if (!ground.switches().isEmpty()) {
            Set<String> missed = AgentJar.missed(run.resolve("nodes"));
            if (!missed.isEmpty())
                throw new IllegalStateException("control " + control.name() + ": no node says that " + missed + " was broken, see " + run.resolve("nodes"));
        }
        return results;
    }

    private static void remove(Path data) throws IOException {
        if (!Files.exists(data)) return;
        try (Stream<Path> files = Files.walk(data)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.delete(file);
        }
    }
}
