package io.engram.jepsen.checker.availability;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Distribution;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Phases;
import io.engram.jepsen.history.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/// How available was it? Figures always; a verdict against them only where a limit is given.
///
/// Per fault and function: the longest outage (from one success to the next while something was being tried), and the time from the
/// heal to the first success that began after it, of any node and of those that were hit. A refusal that is an answer counts as a
/// success. Per phase, per function, and per function in each phase: the shares of ok, fail and info.
///
/// The limit is broken by a function that was tried within the limit after a heal, with nothing broken from the heal until the
/// limit was over, and had no success by then. Where there is nothing to judge by the limit: UNKNOWN.
public final class AvailabilityChecker implements Checker {
    private final Duration recovery;
    private final Optional<Duration> limit;
    private final Answers answers;

    /// No refusal is an answer.
    public AvailabilityChecker(Duration recovery, Optional<Duration> limit) {
        this(recovery, limit, Set.of());
    }

    /// @param recovery how long after a heal the figures count as recovery
    /// @param limit within which each function must have succeeded after a heal; empty: no verdict on that
    /// @param refusals errors of a FAIL that are an answer, and as good as a success here: that a condition did not hold, say
    public AvailabilityChecker(Duration recovery, Optional<Duration> limit, Set<String> refusals) {
        limit.filter(l -> l.isNegative() || l.isZero()).ifPresent(l -> {
            throw new IllegalArgumentException("limit must be positive, was " + l);
        });
        this.recovery = recovery;
        this.limit = limit;
        answers = new Answers(refusals);
    }

    @Override
    public String name() {
        return "availability";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Deadline deadline = Deadline.of(limits);
        List<Operation> operations = history.operations();
        if (operations.isEmpty()) return Finding.unknown(name(), "nothing was tried", Map.of());
        long end = history.ops().getLast().time();
        List<FaultWindow> windows = FaultWindow.in(history);
        Map<String, List<Operation>> functions = new TreeMap<>();
        operations.forEach(o -> functions.computeIfAbsent(o.function(), _ -> new ArrayList<>()).add(o));
        Map<String, Attempts> attempts = new LinkedHashMap<>();
        functions.forEach((function, ofIt) -> attempts.put(function, new Attempts(ofIt, answers, end)));
        List<FaultImpact> impacts = new ArrayList<>();
        for (FaultWindow window : windows) {
            if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
            attempts.forEach((function, tried) -> impacts.add(FaultImpact.of(window, function, tried, windows)));
        }
        Map<String, Value> figures = figures(history, operations, attempts, impacts);
        return limit.map(l -> judge(l, new Judged(windows, attempts, impacts, end), figures))
                .orElseGet(() -> Finding.valid(name(), sentence(impacts), figures));
    }

    private record Judged(List<FaultWindow> windows, Map<String, Attempts> attempts, List<FaultImpact> impacts, long end) {}

    private Finding judge(Duration limit, Judged of, Map<String, Value> figures) {
        List<String> broken = new ArrayList<>();
        int judged = 0;
        for (FaultImpact impact : of.impacts()) {
            long healed = impact.window().healDone();
            if (healed == FaultWindow.NEVER) continue;
            long until = healed + limit.toNanos();
            boolean calm = until <= Math.min(impact.nextFault(), of.end()) && of.windows().stream().noneMatch(w -> w.activeAt(healed));
            Attempts attempts = of.attempts().get(impact.function());
            if (!calm || attempts == null || !attempts.triedWithin(healed, until)) continue;
            judged++;
            Long took = impact.toSuccess();
            if (took != null && took <= limit.toNanos()) continue;
            broken.add("no " + impact.function() + " succeeded within " + limit.toMillis() + " ms after " + impact.window().fault()
                    + " (fault " + impact.window().id() + ") was healed"
                    + (took == null ? "" : ", the first after " + took / 1_000_000 + " ms"));
        }
        figures.put("limitMillis", Value.of(limit.toMillis()));
        figures.put("judgedHeals", Value.of(judged));
        if (!broken.isEmpty()) {
            figures.put("broken", new Value.Items(broken.stream().map(Value::of).toList()));
            return Finding.invalid(name(), broken.getFirst() + (broken.size() == 1 ? "" : " (and " + (broken.size() - 1) + " more)"),
                    figures, List.of());
        }
        if (judged == 0)
            return Finding.unknown(name(), "no heal was followed by " + limit.toMillis() + " ms of attempts without another fault", figures);
        return Finding.valid(name(), sentence(of.impacts()), figures);
    }

    private Map<String, Value> figures(History history, List<Operation> operations, Map<String, Attempts> attempts, List<FaultImpact> impacts) {
        Phases phases = Phases.of(history, recovery);
        Shares byPhase = new Shares(answers);
        Shares byFunction = new Shares(answers);
        Map<String, Shares> byFunctionAndPhase = new TreeMap<>();
        for (Operation operation : operations) {
            String phase = phases.at(operation.invoked());
            byPhase.add(phase, operation);
            byFunction.add(operation.function(), operation);
            byFunctionAndPhase.computeIfAbsent(operation.function(), _ -> new Shares(answers)).add(phase, operation);
        }
        Map<String, Value> outages = new LinkedHashMap<>();
        attempts.forEach((function, tried) -> {
            Attempts.Outage longest = tried.longest(0, Long.MAX_VALUE);
            outages.put(function, longest == null ? Value.NIL : Distribution.millis(longest.nanos()));
        });
        Map<String, Value> nested = new LinkedHashMap<>();
        byFunctionAndPhase.forEach((function, shares) -> nested.put(function, shares.figures()));
        Map<String, Value> figures = new LinkedHashMap<>();
        figures.put("byPhase", byPhase.figures());
        figures.put("byFunction", byFunction.figures());
        figures.put("byFunctionAndPhase", new Value.Fields(nested));
        figures.put("longestOutageMillis", new Value.Fields(outages));
        figures.put("faults", new Value.Items(impacts.stream().map(FaultImpact::figures).toList()));
        return figures;
    }

    private static String sentence(List<FaultImpact> impacts) {
        FaultImpact worst = null;
        for (FaultImpact impact : impacts) if (outage(impact) > (worst == null ? 0 : outage(worst))) worst = impact;
        return worst == null
                ? "no fault kept anything from succeeding"
                : "the longest outage under a fault was " + outage(worst) / 1_000_000 + " ms (" + worst.function() + " under "
                        + worst.window().fault() + ")";
    }

    private static long outage(FaultImpact impact) {
        return impact.longest() == null ? 0 : impact.longest().nanos();
    }
}
