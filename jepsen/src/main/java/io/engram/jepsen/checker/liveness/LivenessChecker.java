package io.engram.jepsen.checker.liveness;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Distribution;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// After the final heal, do the replicas of every shard reach one state within a limit? And are two of them never in different
/// states at one position?
///
/// A shard has converged when each of its replicas has been seen, after the heal, at one and the same position with one and the
/// same digest; not necessarily at one moment, since a position may move on while nodes are being asked. INVALID: two replicas at one position
/// with different digests, at any time; or a shard that had not converged when the limit was over. UNKNOWN: a fault was never
/// healed, or the samples end before the limit does.
public final class LivenessChecker implements Checker {
    private final List<Sample> samples;
    private final Map<Integer, Set<String>> replicas;
    private final Duration limit;

    /// @param samples of the whole run, or of its end
    /// @param replicas which nodes there should be for each shard
    public LivenessChecker(List<Sample> samples, Map<Integer, Set<String>> replicas, Duration limit) {
        this.samples = samples.stream().sorted(Comparator.comparingLong(Sample::time)).toList();
        this.replicas = new TreeMap<>(replicas);
        this.limit = limit;
    }

    @Override
    public String name() {
        return "liveness";
    }

    /// Needs no deadline: there are as many samples as a person could look through.
    @Override
    public Finding check(History history, Limits limits) {
        Map<String, Value> figures = new LinkedHashMap<>();
        figures.put("limitMillis", Distribution.millis(limit.toNanos()));
        figures.put("samples", Value.of(samples.size()));
        List<String> diverged = diverged();
        if (!diverged.isEmpty()) {
            figures.put("diverged", new Value.Items(diverged.stream().map(Value::of).toList()));
            return Finding.invalid(name(), diverged.getFirst(), figures, List.of());
        }
        List<FaultWindow> windows = FaultWindow.in(history);
        for (FaultWindow window : windows)
            if (window.healDone() == FaultWindow.NEVER)
                return Finding.unknown(name(), "fault " + window.id() + " (" + window.fault() + ") was never healed", figures);
        if (replicas.isEmpty() || samples.isEmpty()) return Finding.unknown(name(), "nobody told the state of the replicas", figures);
        return converged(calm(history, windows), figures);
    }

    /// From when on nothing was broken and nothing was written any more: the last heal, or the beginning of the quiet phase.
    private static long calm(History history, List<FaultWindow> windows) {
        long healed = windows.stream().mapToLong(FaultWindow::healDone).max().orElse(0);
        return history.ops().stream()
                .filter(op -> op.process() == Op.NEMESIS && op.function().equals("phase") && op.value().equals(Value.of("quiet")))
                .mapToLong(Op::time)
                .reduce(healed, Math::max);
    }

    private Finding converged(long calm, Map<String, Value> figures) {
        long deadline = calm + limit.toNanos();
        Map<String, Value> took = new LinkedHashMap<>();
        List<String> apart = new ArrayList<>();
        long longest = 0;
        for (var each : replicas.entrySet()) {
            List<Sample> ofShard = samples.stream().filter(s -> s.shard() == each.getKey() && s.time() >= calm).toList();
            long together = together(ofShard, each.getValue());
            took.put(Integer.toString(each.getKey()), together == Long.MAX_VALUE ? Value.NIL : Distribution.millis(together - calm));
            if (together == Long.MAX_VALUE) apart.add(apart(each.getKey(), each.getValue(), ofShard));
            else if (together > deadline) apart.add("shard " + each.getKey() + ": only " + (together - calm) / 1_000_000 + " ms after it");
            else longest = Math.max(longest, together - calm);
        }
        figures.put("convergedMillis", new Value.Fields(took));
        if (apart.isEmpty())
            return Finding.valid(name(), "all replicas of " + replicas.size() + " shards were in one state " + longest / 1_000_000
                    + " ms after the last heal", figures);
        if (samples.getLast().time() < deadline)
            return Finding.unknown(name(), "the replicas were watched for less than " + limit.toMillis() + " ms: " + apart.getFirst(), figures);
        figures.put("apart", new Value.Items(apart.stream().map(Value::of).toList()));
        return Finding.invalid(name(), "not together " + limit.toMillis() + " ms after the last heal: " + apart.getFirst(), figures, List.of());
    }

    private record State(long position, String digest) {}

    /// When the last of them was first seen in a state that all have been in; [Long#MAX_VALUE] if there is none.
    private static long together(List<Sample> samples, Set<String> nodes) {
        Map<State, Set<String>> seen = new HashMap<>();
        for (Sample sample : samples) {
            if (!nodes.contains(sample.node())) continue;
            Set<String> there = seen.computeIfAbsent(new State(sample.position(), sample.digest()), _ -> new TreeSet<>());
            if (there.add(sample.node()) && there.size() == nodes.size()) return sample.time();
        }
        return Long.MAX_VALUE;
    }

    private static String apart(int shard, Set<String> nodes, List<Sample> samples) {
        Map<String, String> last = new TreeMap<>();
        nodes.forEach(node -> last.put(node, "silent"));
        samples.forEach(s -> last.put(s.node(), "at " + s.position()));
        return "shard " + shard + ": " + last;
    }

    private List<String> diverged() {
        record Place(int shard, long position) {}
        Map<Place, Sample> first = new HashMap<>();
        List<String> all = new ArrayList<>();
        for (Sample sample : samples) {
            Sample other = first.putIfAbsent(new Place(sample.shard(), sample.position()), sample);
            if (other != null && !other.digest().equals(sample.digest()))
                all.add("shard " + sample.shard() + " has two states at position " + sample.position() + ": " + other.node() + " "
                        + other.digest() + ", " + sample.node() + " " + sample.digest());
        }
        return all;
    }
}
