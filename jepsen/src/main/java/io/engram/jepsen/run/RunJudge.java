package io.engram.jepsen.run;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.liveness.LivenessChecker;
import io.engram.jepsen.checker.logs.LogChecker;
import io.engram.jepsen.checker.statistics.StatisticsChecker;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.nemesis.Schedule;
import io.engram.jepsen.report.Results;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// Asks the workload's checkers, and those that judge any run: whether enough was done and broken for a verdict to mean anything, what the
/// nodes printed, how the cluster was found afterwards.
final class RunJudge {
    /// Fewer successes than this show nothing.
    private static final int FEWEST_OK = 30;
    /// What an invalid finding shows of many alike.
    private static final int SHOWN = 10;

    private final Limits limits;
    private final Duration converge;

    /// @param converge after the last heal, the replicas are given this long to come together
    RunJudge(Limits limits, Duration converge) {
        this.limits = limits;
        this.converge = converge;
    }

    /// @param logs of the nodes; none: they are not judged
    Results judge(List<Checker> checkers, History history, Schedule schedule, List<Path> logs, Aftermath aftermath) {
        List<Checker> all = new ArrayList<>(checkers);
        Set<String> kinds = schedule.faults().stream().map(p -> FaultText.kind(p.fault())).collect(Collectors.toSet());
        all.add(new StatisticsChecker(FEWEST_OK, kinds));
        all.add(new LivenessChecker(aftermath.samples(), replicas(aftermath), converge));
        if (!logs.isEmpty()) all.add(LogChecker.ofNodes(logs));
        List<Finding> findings = new ArrayList<>(all.stream().map(checker -> ask(checker, history)).toList());
        findings.add(answers(history));
        findings.add(healing(aftermath));
        return Results.of(findings, counts(history));
    }

    /// A checker that fails has not said *valid*.
    private Finding ask(Checker checker, History history) {
        try {
            return checker.check(history, limits);
        } catch (RuntimeException | OutOfMemoryError | StackOverflowError e) {
            return Finding.unknown(checker.name(), "the checker itself failed: " + e, Map.of());
        }
    }

    /// Each shard's replicas, as they were seen over time; where fewer were seen than there should be, one that has no name is missing.
    private static Map<Integer, Set<String>> replicas(Aftermath aftermath) {
        Map<Integer, Set<String>> nodes = new TreeMap<>();
        aftermath.samples().forEach(s -> nodes.computeIfAbsent(s.shard(), shard -> new TreeSet<>()).add(s.node()));
        aftermath.digests().ifPresent(last -> {
            int perShard = last.states().isEmpty() ? 0 : last.replicas() / last.states().size();
            nodes.values().forEach(of -> {
                for (int missing = of.size(); missing < perShard; missing++) of.add("(unseen " + missing + ")");
            });
        });
        return nodes;
    }

    /// What no node may ever say, whatever is broken around it.
    private static Finding answers(History history) {
        List<Op> wrong = history.ops().stream()
                .filter(op -> op.ofClient() && op.error() != null && (op.error().equals("PROOF_REJECTED") || op.error().startsWith("REJECTED_")))
                .toList();
        if (!wrong.isEmpty())
            return Finding.invalid("answers", wrong.size() + " answers broke what they had to prove, or refused what is allowed; the first: "
                    + wrong.getFirst().error(), Map.of("count", Value.of(wrong.size())), wrong.subList(0, Math.min(SHOWN, wrong.size())));
        Optional<Op> harness = history.ops().stream().filter(op -> op.error() != null && op.error().startsWith(Workers.HARNESS)).findFirst();
        return harness.map(op -> Finding.unknown("answers", "a client of the harness failed: op " + op.index() + ", " + op.error(), Map.of()))
                .orElseGet(() -> Finding.valid("answers", "every answer was one that a node may give", Map.of()));
    }

    private static Finding healing(Aftermath aftermath) {
        Map<String, Value> figures = new LinkedHashMap<>();
        if (!aftermath.troubles().isEmpty())
            figures.put("troubles", new Value.Items(aftermath.troubles().stream().<Value>map(Value::of).toList()));
        if (aftermath.clientFault() != null) figures.put("clientFault", Value.of(aftermath.clientFault()));
        if (aftermath.unhealed() != null) return Finding.unknown("healing", "not everything could be healed: " + firstLine(aftermath.unhealed()), figures);
        if (aftermath.unready() != null)
            return Finding.invalid("healing", "after the last heal a node did not get ready: " + firstLine(aftermath.unready()), figures, List.of());
        return Finding.valid("healing", "everything was healed, and every node was ready", figures);
    }

    private static Map<String, Long> counts(History history) {
        Map<String, Long> counts = new LinkedHashMap<>();
        List<Operation> operations = history.operations();
        counts.put("ops", (long) operations.size());
        for (OpType type : List.of(OpType.OK, OpType.FAIL, OpType.INFO))
            counts.put(type.name().toLowerCase(Locale.ROOT), operations.stream().filter(o -> o.outcome() == type).count());
        List<FaultWindow> faults = FaultWindow.in(history);
        counts.put("faults", (long) faults.size());
        counts.put("faultsApplied", faults.stream().filter(FaultWindow::applied).count());
        return counts;
    }

    private static String firstLine(String text) {
        return text.lines().findFirst().orElse("");
    }
}
