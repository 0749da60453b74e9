package io.engram.jepsen.report;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.nemesis.Fault;
import io.engram.jepsen.nemesis.Planned;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.nemesis.Target;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A run as it might have been: three nodes, registers, readers that may be stale, and faults that make everything slower. The
/// same seed makes the same run.
final class SyntheticRun {
    private static final long SECOND = 1_000_000_000L;
    private static final List<String> NODES = List.of("n1", "n2", "n3");
    private static final int SHARDS = 4;

    private final Random random;
    private final long seed;
    private final int operations;
    private final long length;
    private final List<Window> windows;
    private final List<Event> events = new ArrayList<>();
    /// By key: when each version was written, with its value.
    private final Map<String, TreeMap<Long, Written>> written = new HashMap<>();
    private long position;

    private record Window(int id, String kind, Map<String, Value> settings, List<String> nodes, long from, long to, Fault fault) {}

    private record Written(long version, long value) {}

    private record Event(long time, int order, OpType type, int process, String f, @Nullable String key, Value value, Evidence evidence, @Nullable String error) {}

    SyntheticRun(long seed, int operations) {
        this.seed = seed;
        this.operations = operations;
        random = new Random(seed);
        length = 60 * SECOND;
        windows = List.of(
                new Window(1, "partition", figures("shape", Value.of("isolate"), "plane", Value.of("all")), List.of("n1"), 6 * SECOND, 14 * SECOND,
                        new Fault.Partition(Fault.Shape.ISOLATE, Fault.Plane.ALL)),
                new Window(2, "kill", Map.of(), List.of("n2"), 21 * SECOND, 25 * SECOND, new Fault.Kill()),
                new Window(3, "pause", Map.of(), List.of("n3"), 31 * SECOND, 39 * SECOND, new Fault.Pause()),
                new Window(4, "starvation", Map.of("cpus", new Value.Real(0.1)), List.of("n3", "n1"), 35 * SECOND, 46 * SECOND, new Fault.Starvation(0.1)));
    }

    /// All is well: the checkers found nothing.
    RunRecord valid(Path logs) {
        History history = history(false);
        List<Finding> findings = List.of(
                Finding.valid("linearizable", "Every one of 20 keys has an order of its operations that explains all answers.",
                        figures("keys", Value.of(20), "operations", Value.of(operations), "searchMillis", new Value.Real(412.7))),
                Finding.valid("staleness", "No read was staler than its bound of 2 s; the worst was 1.38 s.", staleFigures()),
                Finding.valid("availability", "The longest stretch without a success was 1.2 s, in the partition.", figures("longestOutageMillis", new Value.Real(1_203.4))));
        return record(history, findings, logs);
    }

    /// A read that returns what was overwritten before it began.
    RunRecord invalid(Path logs) {
        History history = history(true);
        List<Op> evidence = history.ops().stream().filter(o -> "bad".equals(o.key())).toList();
        List<Finding> findings = List.of(
                Finding.invalid("linearizable", "The register 'bad' could only be 4 or 5 here; this read returned 3, which was overwritten before it began.",
                        figures("key", Value.of("bad"), "keys", Value.of(21), "operations", Value.of(operations), "minimizedTo", Value.of(evidence.size() / 2)), evidence),
                Finding.valid("staleness", "No read was staler than its bound of 2 s; the worst was 1.38 s.", staleFigures()),
                Finding.unknown("liveness", "The nodes' states were not compared: n2 did not answer.", Map.of()));
        return record(history, findings, logs);
    }

    private static Map<String, Value> staleFigures() {
        Map<String, Value> byNode = new LinkedHashMap<>();
        for (String node : NODES) byNode.put(node, new Value.Fields(figures("reads", Value.of(1200), "p50Millis", new Value.Real(0), "p99Millis", new Value.Real(44.25), "maxMillis", new Value.Real(61))));
        Map<String, Value> figures = figures("boundMillis", Value.of(2000), "reads", Value.of(3600), "maxMillis", new Value.Real(61));
        figures.put("byNode", new Value.Fields(byNode));
        return figures;
    }

    private static Map<String, Value> figures(Object... pairs) {
        Map<String, Value> figures = new LinkedHashMap<>();
        for (int i = 0; i < pairs.length; i += 2) figures.put((String) pairs[i], (Value) pairs[i + 1]);
        return figures;
    }

    private RunRecord record(History history, List<Finding> findings, Path logs) {
        RunFacts facts = new RunFacts("register", List.of("partition", "kill", "pause", "starvation"), NODES, "containers", 10, operations / 60.0, Duration.ofMinutes(1), seed,
                Instant.parse("2026-11-21T15:04:05Z"), "0.1.0-SNAPSHOT", "6968337", Map.of("packets", "NFQUEUE"), Map.of("keys", "20", "delta", "PT2S"),
                "./engram jepsen run --workload register --nemesis partition,kill,pause,starvation --time-limit 60s --concurrency 10 --seed " + seed);
        Schedule schedule = new Schedule(seed, windows.stream()
                .map(w -> new Planned(w.id, Duration.ofNanos(w.from - SECOND / 2), Duration.ofNanos(w.to - w.from), w.id == 1 ? new Target.Leader() : new Target.Minority(), w.fault))
                .toList());
        Map<String, Path> files = new LinkedHashMap<>();
        for (String node : NODES) files.put(node, log(logs, node));
        return new RunRecord(facts, Results.of(findings, Map.of("ops", (long) operations)), history, schedule, files);
    }

    private static Path log(Path folder, String node) {
        try {
            Path file = folder.resolve(node + ".log");
            if (node.equals("n3")) return file; // this one was lost
            Files.writeString(file, """
                    2026-11-21T15:04:06.001Z INFO  Node [main] node ready node=%s
                    2026-11-21T15:04:11.102Z WARN  Probe [probe-1] peer does not answer peer=n1 millis=500
                    """.formatted(node) + (node.equals("n2") ? """
                    2026-11-21T15:04:13.502Z ERROR GroupCommit [shard-2] append failed shard=2 <b>not markup</b>
                    java.io.IOException: No space left on device
                    \tat java.base/sun.nio.ch.FileDispatcherImpl.write0(Native Method)
                    \tat java.base/sun.nio.ch.FileDispatcherImpl.write(FileDispatcherImpl.java:60)
                    \tat java.base/sun.nio.ch.IOUtil.writeFromNativeBuffer(IOUtil.java:137)
                    \tat java.base/sun.nio.ch.IOUtil.write(IOUtil.java:102)
                    2026-11-21T15:04:14.502Z INFO  GroupCommit [shard-2] append works again shard=2
                    """ : ""));
            return file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private History history(boolean bad) {
        faults();
        int[] process = new int[10];
        long[] free = new long[10];
        for (int t = 0; t < 10; t++) process[t] = t;
        int nextProcess = 10;
        long gap = length / operations;
        long at = 0;
        for (int i = 0; i < operations; i++) {
            // Whoever is free first asks, not sooner than the rate wants: faults make the run longer, as they do in truth.
            int thread = 0;
            for (int t = 1; t < 10; t++) if (free[t] < free[thread]) thread = t;
            at = Math.max(Math.max(at, free[thread] + 1_000), at + (long) (gap * 2 * random.nextDouble()));
            OpType outcome = operation(at, process[thread]);
            free[thread] = events.getLast().time;
            if (outcome == OpType.INFO) process[thread] = nextProcess++;
        }
        if (bad) contradiction(nextProcess);
        events.sort(Comparator.comparingLong(Event::time).thenComparingInt(Event::order));
        List<Op> ops = new ArrayList<>();
        for (Event e : events) ops.add(new Op(ops.size(), e.type, e.process, e.f, e.key, e.value, e.time, e.evidence, e.error));
        return new History(ops);
    }

    private OpType operation(long at, int process) {
        String key = "k" + random.nextInt(20);
        int kind = random.nextInt(10);
        String f = kind < 5 ? "read" : kind < 8 ? "write" : "cas";
        String node = NODES.get(random.nextInt(3));
        List<Window> on = windows.stream().filter(w -> w.from <= at && at < w.to).toList();
        boolean hit = on.stream().anyMatch(w -> w.nodes.contains(node));
        double slow = hit ? 40 : on.isEmpty() ? 1 : 3;
        long latency = (long) (1_500_000 * slow * Math.exp(random.nextGaussian() * .6)) + 200_000;
        double chance = random.nextDouble();
        long value = random.nextInt(1000);
        Value argument = switch (f) {
            case "write" -> Value.of(value);
            case "cas" -> Value.items(Value.of(written(key, at).value), Value.of(value));
            default -> Value.NIL;
        };
        add(at, OpType.INVOKE, process, f, key, argument, Evidence.from(node), null);
        if (hit && chance < .03) return done(at + 5 * SECOND / 2, OpType.INFO, process, f, key, argument, Evidence.from(node), "OUTCOME_UNKNOWN: deadline of 2.5 s");
        if (hit && chance < .2) return done(at + latency, OpType.FAIL, process, f, key, argument, Evidence.from(node), "stale");
        int shard = Math.floorMod(key.hashCode(), SHARDS);
        if (f.equals("read")) {
            // A follower that is hit shows what was there some time ago, and says so.
            String role = leader(shard, at).equals(node) ? "leader" : "follower";
            long lag = role.equals("leader") ? 0 : (long) (random.nextDouble() * (hit ? 1_500_000_000L : 60_000_000L));
            Written found = written(key, at - lag);
            Evidence evidence = new Evidence(node, role, shard, position, found.version, Duration.ofNanos(lag + (long) (random.nextDouble() * 120_000_000)));
            return done(at + latency, OpType.OK, process, f, key, found.version == 0 ? Value.NIL : Value.of(found.value), evidence, null);
        }
        if (f.equals("cas") && chance > .8) return done(at + latency, OpType.FAIL, process, f, key, argument, Evidence.from(node), "conflict");
        position++;
        written.computeIfAbsent(key, _ -> new TreeMap<>()).put(at, new Written(position, value));
        return done(at + latency, OpType.OK, process, f, key, argument, new Evidence(leader(shard, at), "leader", shard, position, position, null), null);
    }

    private Written written(String key, long at) {
        Map.Entry<Long, Written> entry = written.getOrDefault(key, new TreeMap<>()).floorEntry(at);
        return entry == null ? new Written(0, 0) : entry.getValue();
    }

    /// Shards move away from a node that is hit, and stay there.
    private String leader(int shard, long at) {
        int moves = (int) windows.stream().filter(w -> w.from + SECOND < at).count();
        return NODES.get((shard + moves) % 3);
    }

    private OpType done(long time, OpType type, int process, String f, String key, Value value, Evidence evidence, @Nullable String error) {
        add(time, type, process, f, key, value, evidence, error);
        return type;
    }

    private void add(long time, OpType type, int process, String f, @Nullable String key, Value value, Evidence evidence, @Nullable String error) {
        events.add(new Event(time, events.size(), type, process, f, key, value, evidence, error));
    }

    private void faults() {
        for (Window w : windows) {
            Map<String, Value> fault = new LinkedHashMap<>();
            fault.put("kind", Value.of(w.kind));
            fault.putAll(w.settings);
            Value plan = new Value.Fields(figures("id", Value.of(w.id), "fault", new Value.Fields(fault), "target", Value.of("one")));
            Value seen = new Value.Fields(figures("id", Value.of(w.id), "fault", Value.of(w.kind), "nodes", Value.items(w.nodes.stream().map(Value::of).toArray(Value[]::new)),
                    "seen", Value.of(w.nodes.getFirst() + " got no answer within 500 ms"), "tool", Value.of("")));
            add(w.from, OpType.INVOKE, Op.NEMESIS, "inject", null, plan, Evidence.NONE, null);
            add(w.from + SECOND / 5, OpType.INFO, Op.NEMESIS, "inject", null, seen, Evidence.NONE, null);
            add(w.to - SECOND / 4, OpType.INVOKE, Op.NEMESIS, "heal", null, plan, Evidence.NONE, null);
            add(w.to, OpType.INFO, Op.NEMESIS, "heal", null, seen, Evidence.NONE, null);
        }
    }

    /// Writes of 3, 4 and 5 (whose outcome is not known), and then a read of 3; during the first partition.
    private void contradiction(int process) {
        long at = 9 * SECOND;
        Evidence old = new Evidence("n1", "leader", 0, 70L, 70L, Duration.ZERO);
        Evidence now = new Evidence("n2", "leader", 0, 81L, 81L, null);
        Stream.of(
                        new Event(at, 0, OpType.INVOKE, process, "write", "bad", Value.of(3), Evidence.from("n2"), null),
                        new Event(at + 2_100_000, 0, OpType.OK, process, "write", "bad", Value.of(3), now, null),
                        new Event(at + 1_000_000, 0, OpType.INVOKE, process + 1, "read", "bad", Value.NIL, Evidence.from("n3"), null),
                        new Event(at + 4_000_000, 0, OpType.OK, process + 1, "read", "bad", Value.of(3), new Evidence("n3", "follower", 0, 80L, 70L, Duration.ZERO), null),
                        new Event(at + 5_000_000, 0, OpType.INVOKE, process, "write", "bad", Value.of(4), Evidence.from("n2"), null),
                        new Event(at + 6_000_000, 0, OpType.INVOKE, process + 2, "write", "bad", Value.of(5), Evidence.from("n3"), null),
                        new Event(at + 12_000_000, 0, OpType.OK, process, "write", "bad", Value.of(4), now, null),
                        new Event(at + 900_000_000, 0, OpType.INVOKE, process + 1, "read", "bad", Value.NIL, Evidence.from("n1"), null),
                        new Event(at + 901_500_000, 0, OpType.OK, process + 1, "read", "bad", Value.of(3), old, null),
                        new Event(at + 2_506_000_000L, 0, OpType.INFO, process + 2, "write", "bad", Value.of(5), Evidence.from("n3"), "OUTCOME_UNKNOWN: deadline of 2.5 s"))
                .forEach(e -> add(e.time, e.type, e.process, e.f, e.key, e.value, e.evidence, e.error));
    }
}
