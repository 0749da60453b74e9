package io.engram.jepsen.checker.session;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/// Do monotonic reads, monotonic writes, read-your-writes and writes-follow-reads hold, per process and key, by version?
///
/// A session is a process: it does one operation after another, and one that lost track of an operation ends. Only successful
/// `read` and `write` operations count. A read that found nothing is of version 0. A pair *could show* a violation of a
/// guarantee if its first operation saw a version above 0; none for any guarantee: UNKNOWN.
public final class SessionChecker implements Checker {
    private record Place(int process, String key) {}

    @Override
    public String name() {
        return "session";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Deadline deadline = Deadline.of(limits);
        Violations violations = new Violations();
        Map<Place, SessionView> views = new HashMap<>();
        Map<Guarantee, Long> pairs = new EnumMap<>(Guarantee.class);
        for (Guarantee guarantee : Guarantee.values()) pairs.put(guarantee, 0L);
        int unversioned = 0;
        for (Operation operation : history.operations()) {
            if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
            boolean write = operation.function().equals("write");
            if (operation.outcome() != OpType.OK || !(write || operation.function().equals("read"))) continue;
            var completion = Objects.requireNonNull(operation.completion());
            Long version = completion.evidence().version();
            if (version == null && !write && completion.value().equals(Value.NIL)) version = 0L;
            if (version == null) {
                unversioned++;
                continue;
            }
            String key = operation.key() == null ? "" : operation.key();
            SessionView view = views.computeIfAbsent(new Place(operation.invocation().process(), key), _ -> new SessionView());
            for (Guarantee guarantee : Guarantee.values()) {
                if (guarantee.write != write) continue;
                var before = view.before(guarantee);
                if (before == null || before.version() == 0) continue;
                pairs.merge(guarantee, 1L, Long::sum);
                if (guarantee.keptBy(before.version(), version)) continue;
                violations.add(guarantee.title, sentence(guarantee, before, operation, version), before.operation(), operation);
            }
            if (write) view.wrote(version, operation);
            else view.read(version, operation);
        }
        Map<String, Value> figures = new LinkedHashMap<>();
        Map<String, Value> table = new LinkedHashMap<>();
        pairs.forEach((guarantee, count) -> table.put(guarantee.title, Value.of(count)));
        figures.put("sessions", Value.of(views.keySet().stream().map(Place::process).distinct().count()));
        figures.put("couldHaveShownViolation", new Value.Fields(table));
        figures.put("withoutVersion", Value.of(unversioned));
        long judged = pairs.values().stream().mapToLong(Long::longValue).sum();
        if (!violations.none()) return violations.finding(name(), figures);
        if (judged == 0) return Finding.unknown(name(), "no session came back to a key it had read or written", figures);
        if (unversioned > 0) return Finding.unknown(name(), unversioned + " successful answers carry no version and cannot be judged", figures);
        return Finding.valid(name(), "no session's view went back, in " + judged + " pairs of operations", figures);
    }

    private static String sentence(Guarantee guarantee, SessionView.Seen before, Operation operation, long version) {
        String key = operation.key() == null ? "" : " of key " + operation.key();
        return guarantee.title + ": process " + operation.invocation().process() + (guarantee.afterWrite ? " wrote" : " read")
                + " version " + before.version() + key
                + " and then " + (guarantee.write ? "wrote" : "read") + " version " + version;
    }
}
