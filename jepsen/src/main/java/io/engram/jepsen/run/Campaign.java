package io.engram.jepsen.run;

import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.cluster.Cluster;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.report.Results;
import io.engram.jepsen.report.RunFacts;
import io.engram.jepsen.report.RunFile;
import io.engram.jepsen.store.EngramStores;
import io.engram.jepsen.workload.Workload;
import io.engram.jepsen.workload.Workloads;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;

/// How runs on Engram are made, whichever command asks for them.
///
/// @param workload by name
/// @param kinds of faults that were asked for
/// @param keys in use at a time
/// @param delta bound of staleness, where readers ask for one
public record Campaign(
        String workload, List<String> kinds, Duration timeLimit, int concurrency, double rate, long seed, int nodes, int keys, Duration delta, Ground ground) {
    /// Where it happens: on nodes of our own, or on somebody else's.
    public sealed interface Ground {
        record Own(Backend backend) implements Ground {}

        /// @param endpoints of every node, host:port
        record Foreign(List<String> endpoints, Path hook) implements Ground {}
    }

    public Campaign {
        kinds = List.copyOf(kinds);
        if (nodes < 1 || nodes > 9) throw new IllegalArgumentException("nodes must be 1..9, was " + nodes);
        if (timeLimit.compareTo(Duration.ofSeconds(1)) < 0) throw new IllegalArgumentException("time limit must be at least 1 s, was " + timeLimit);
        // Checked before anything is started.
        size("check", keys, delta, concurrency);
        if (!Workloads.names().contains(workload))
            throw new IllegalArgumentException("no workload '" + workload + "'; there are " + String.join(", ", Workloads.names()));
    }

    /// @throws Exception the harness itself failed
    public Results run(Schedule schedule, Path folder, Consumer<String> say) throws Exception {
        String tag = Long.toString(System.currentTimeMillis(), 36);
        Workload made = Workloads.named(workload, new EngramStores(), size(tag, keys, delta, concurrency));
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("keys", Integer.toString(keys));
        settings.put("delta", delta.toString());
        settings.put("nodes", Integer.toString(nodes));
        RunSpec spec = new RunSpec(kinds, schedule, timeLimit, concurrency, rate, seed, settings, folder, command());
        Results results = new Run(spec, made, start(folder), cluster -> new EngramProbe(cluster::endpoints), say).go();
        if (results.verdict() == Verdict.VALID && ground instanceof Ground.Own(var backend)) backend.forget(folder);
        return results;
    }

    private Supplier<Cluster> start(Path folder) {
        return switch (ground) {
            case Ground.Own(var backend) -> () -> backend.start(nodes, folder);
            case Ground.Foreign(var endpoints, var hook) -> () -> new HookCluster(endpoints, hook);
        };
    }

    private static Workloads.Size size(String tag, int keys, Duration delta, int concurrency) {
        return new Workloads.Size(tag, keys, delta, concurrency);
    }

    /// The campaign of a run on nodes of our own, from its `run.json`.
    ///
    /// @throws IllegalArgumentException it is none; with the field and the rule
    public static Campaign read(Path file) throws IOException {
        RunFacts run = RunFile.read(file);
        try {
            return new Campaign(run.workload(), run.nemesis(), run.timeLimit(), run.concurrency(), run.rate(), run.seed(), run.nodes().size(),
                    Integer.parseInt(setting(run, "keys")), Duration.parse(setting(run, "delta")), new Ground.Own(Backend.named(run.backend())));
        } catch (IllegalArgumentException | DateTimeException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    private static String setting(RunFacts run, String name) {
        String value = run.settings().get(name);
        if (value == null) throw new IllegalArgumentException("settings." + name + ": is missing");
        return value;
    }

    /// The faults are drawn anew from the seed: the same ones.
    public String command() {
        StringBuilder line = new StringBuilder("./engram jepsen run --workload ").append(workload);
        if (!kinds.isEmpty()) line.append(" --nemesis ").append(String.join(",", kinds));
        line.append(" --time-limit ").append(timeLimit.toSeconds()).append("s --concurrency ").append(concurrency);
        line.append(" --rate ").append(rate == Math.rint(rate) ? Long.toString((long) rate) : Double.toString(rate));
        line.append(" --seed ").append(seed).append(" --keys ").append(keys).append(" --delta ").append(delta.toMillis()).append("ms");
        switch (ground) {
            case Ground.Own(var backend) -> line.append(" --nodes ").append(nodes).append(" --backend ").append(backend);
            case Ground.Foreign(var endpoints, var hook) ->
                line.append(" --target endpoints=").append(String.join(",", endpoints)).append(" --nemesis-hook ").append(hook)
                        .append(" --i-know-this-breaks-things");
        }
        return line.toString();
    }

    public Campaign with(String otherWorkload, List<String> otherKinds, long otherSeed) {
        return new Campaign(otherWorkload, otherKinds, timeLimit, concurrency, rate, otherSeed, nodes, keys, delta, ground);
    }
}
