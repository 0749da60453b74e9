package io.engram.jepsen.run;

import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.cluster.Cluster;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.nemesis.Nemesis;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.report.RunFacts;
import io.engram.jepsen.workload.Endpoint;
import io.engram.jepsen.workload.Workload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One run: a cluster is started, used and broken at once, healed, left alone, read once more, and judged.
public final class Run {
    private static final Duration READY = Duration.ofMinutes(4);
    private static final Duration CLOSING = Duration.ofMinutes(2);
    /// A final read is worth its while; a flood of them is not.
    private static final double CLOSING_RATE = 50;

    private final RunSpec spec;
    private final Workload workload;
    private final Supplier<Cluster> start;
    private final Function<Cluster, Probe> probing;
    private final Consumer<String> say;
    private final Patience patience;

    /// How long is waited for a cluster that was broken.
    ///
    /// @param ready until its nodes say again that they can serve
    /// @param converge for replicas to come together, from the last heal on
    public record Patience(Duration ready, Duration converge) {
        public static final Patience USUAL = new Patience(READY, Duration.ofMinutes(2));
    }

    /// @param start makes the cluster; the run closes it
    /// @param say is told how it goes, a line at a time
    public Run(RunSpec spec, Workload workload, Supplier<Cluster> start, Function<Cluster, Probe> probing, Consumer<String> say) {
        this(spec, workload, start, probing, say, Patience.USUAL);
    }

    /// @param patience once faults are over
    public Run(
            RunSpec spec, Workload workload, Supplier<Cluster> start, Function<Cluster, Probe> probing, Consumer<String> say, Patience patience) {
        this.patience = patience;
        this.spec = spec;
        this.workload = workload;
        this.start = start;
        this.probing = probing;
        this.say = say;
    }

    /// Returns when the folder is complete and the cluster closed.
    ///
    /// @throws Exception the harness itself failed; the folder has what there was until then
    public Results go() throws Exception {
        RunFolder folder = RunFolder.create(spec.folder());
        folder.schedule(spec.schedule());
        History history;
        Aftermath aftermath;
        RunFacts facts;
        say.accept("starting the cluster");
        try (Cluster cluster = start.get()) {
            try {
                cluster.awaitReady(READY);
                workload.prepare(endpoints(cluster));
                Probe probe = probing.apply(cluster);
                try (Recorder recorder = Recorder.create(folder.history(), System::nanoTime);
                        Nemesis nemesis = cluster.nemesis(spec.schedule().seed())) {
                    facts = facts(cluster, probe.version());
                    folder.facts(facts);
                    FaultPlayer player = new FaultPlayer(nemesis, recorder);
                    aftermath = phases(cluster, probe, recorder, player);
                    facts = with(facts, player.tools());
                    folder.facts(facts);
                    folder.digests(aftermath.digests());
                    history = recorder.history();
                }
            } finally {
                cluster.saveLogs(folder.logs());
            }
        }
        folder.edn(history);
        say.accept("judging " + history.ops().size() + " events");
        Results results = new RunJudge(Limits.usual(), patience.converge()).judge(workload.checkers(), history, spec.schedule(), folder.nodeLogs(), aftermath);
        folder.results(facts, results, history, spec.schedule());
        return results;
    }

    private Aftermath phases(Cluster cluster, Probe probe, Recorder recorder, FaultPlayer player) throws InterruptedException {
        Workers workers = new Workers(workload, () -> endpoints(cluster), recorder, spec.concurrency(), new SplittableRandom(spec.seed()));
        phase(recorder, "mixed");
        say.accept("mixed phase, " + spec.timeLimit().toSeconds() + " s, faults " + spec.schedule().faults().size());
        // As what is planned moves on, so does the end: or what takes long on a slow machine would leave no time for the faults that come later,
        // nor for those who use the cluster. Twice the time is enough.
        Duration most = spec.timeLimit();
        Supplier<Duration> late = () -> player.late().compareTo(most) < 0 ? player.late() : most;
        Thread playing = Thread.ofPlatform().name("nemesis").start(() -> player.play(spec.schedule()));
        try {
            workers.run(workload.generator().stagger(spec.rate()).timeLimit(spec.timeLimit(), late), spec.timeLimit().plus(most));
        } finally {
            player.stop();
            playing.join();
        }
        phase(recorder, "healing");
        String unhealed = player.healAll() ? null : player.troubles().getLast();
        long healed = System.nanoTime();
        phase(recorder, "quiet");
        say.accept("healed; waiting for the replicas to come together");
        String unready = unready(cluster);
        Watch watch = new Watch(probe, recorder);
        watch.untilConverged(patience.converge().minusNanos(System.nanoTime() - healed));
        phase(recorder, "closing");
        say.accept("closing reads");
        Generator closing = workload.closing();
        workers.run(closing.stagger(CLOSING_RATE).timeLimit(CLOSING), CLOSING);
        return new Aftermath(unhealed, unready, watch.last(), watch.samples(), player.troubles(), workers.fault());
    }

    private @Nullable String unready(Cluster cluster) {
        try {
            cluster.awaitReady(patience.ready());
            return null;
        } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static void phase(Recorder recorder, String name) {
        recorder.nemesis(OpType.INFO, "phase", Value.of(name), null);
    }

    private static List<Endpoint> endpoints(Cluster cluster) {
        return cluster.names().stream().map(name -> new Endpoint(name, cluster.endpoint(name))).toList();
    }

    private static RunFacts with(RunFacts f, Map<String, String> tools) {
        return new RunFacts(f.workload(), f.nemesis(), f.nodes(), f.backend(), f.concurrency(), f.rate(), f.timeLimit(), f.seed(), f.startedAt(),
                f.version(), f.commit(), tools, f.settings(), f.command());
    }

    private RunFacts facts(Cluster cluster, String version) {
        return new RunFacts(workload.name(), spec.kinds(), cluster.names(), cluster.backend(), spec.concurrency(), spec.rate(), spec.timeLimit(), spec.seed(),
                Instant.now(), version, Source.commit(), Map.of(), spec.settings(), spec.command());
    }
}
