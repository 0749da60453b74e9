package io.engram.jepsen.checker.staleness;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Distribution;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Grouped;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Phases;
import io.engram.jepsen.history.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Is every answer within the bound, and within what it claims of itself?
///
/// A read that returns version v of its key is as old as the time from C(v) to its beginning, where C(v) is the earliest
/// completion of any successful `read`, `write` or `cas` that shows a version above v: whoever saw it had seen a newer version, so a
/// read that begins after that must not return an older one. The history is valid if no read is older than the bound, and no
/// read is older than it says itself (the claim, like the bound, counts back from the moment the read begins, and the client's
/// invocation comes before that: what breaks it here breaks it for certain). That the versions are an order at all is
/// checked first.
///
/// A read *could have shown a violation* if it began more than the bound after some version of its key had been shown: a replica
/// without that version would have been caught. It *would have shown twice the bound* if the highest version shown grew in
/// the time between two bounds and one bound before it began: a replica just twice as late as allowed would have been
/// caught. None of the first kind: UNKNOWN.
///
/// O(n log n) in time. Reads without a version can only be judged if they found nothing.
public final class StalenessChecker implements Checker {
    private final Duration bound;
    private final Duration recovery;

    /// @param bound that answers must be within
    /// @param recovery how long after a heal the figures count as recovery
    public StalenessChecker(Duration bound, Duration recovery) {
        if (bound.isNegative()) throw new IllegalArgumentException("bound must not be negative, was " + bound);
        this.bound = bound;
        this.recovery = recovery;
    }

    @Override
    public String name() {
        return "staleness";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Deadline deadline = Deadline.of(limits);
        Violations violations = new Violations();
        List<Measured> reads = new ArrayList<>();
        long couldShow = 0;
        long wouldShowTwice = 0;
        int unversioned = 0;
        for (var each : Grouped.byKey(history.operations()).entrySet()) {
            if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
            KeyAnswers answers = KeyAnswers.of(each.getValue());
            Supersession supersession = new Supersession(answers.answers());
            new VersionOrder(each.getKey(), answers, supersession, violations).check();
            unversioned += answers.unversioned();
            for (Answer answer : answers.answers()) {
                if (answer.write()) continue;
                reads.add(Measured.of(each.getKey(), answer, answers, supersession));
                long once = shown(supersession, answer.invoked() - bound.toNanos());
                if (once > 0) couldShow++;
                if (once > shown(supersession, answer.invoked() - 2 * bound.toNanos())) wouldShowTwice++;
            }
        }
        Split split = new Split(Phases.of(history, recovery));
        reads.forEach(split::add);
        judge(reads, violations);

        Map<String, Value> figures = new LinkedHashMap<>();
        figures.put("boundMillis", Distribution.millis(bound.toNanos()));
        figures.put("reads", Value.of(split.reads()));
        figures.put("couldHaveShownViolation", Value.of(couldShow));
        figures.put("wouldHaveShownTwiceTheBound", Value.of(wouldShowTwice));
        figures.put("withoutVersion", Value.of(unversioned));
        split.into(figures);
        figures.put("convergence", Convergence.after(FaultWindow.in(history), reads));

        if (!violations.none()) return violations.finding(name(), figures);
        if (split.reads() == 0) return Finding.unknown(name(), "no read succeeded with a version", figures);
        if (couldShow == 0)
            return Finding.unknown(name(), "none of " + split.reads() + " reads could have shown a violation of " + ms(bound.toNanos())
                    + ": too few writes or too short a run", figures);
        if (unversioned > 0) return Finding.unknown(name(), unversioned + " successful answers carry no version and cannot be judged", figures);
        return Finding.valid(name(), split.reads() + " reads were at most " + ms(split.worst()) + " old (bound " + ms(bound.toNanos()) + "); "
                + couldShow + " of them could have shown a violation", figures);
    }

    private static long shown(Supersession supersession, long before) {
        Answer known = supersession.highestBefore(before);
        return known == null ? 0 : known.version();
    }

    /// The oldest answers first, so that the worst are the ones that are shown.
    private void judge(List<Measured> reads, Violations violations) {
        reads.stream()
                .filter(r -> r.proven() > bound.toNanos())
                .sorted(Comparator.comparingLong(Measured::proven).reversed())
                .forEach(r -> violate(violations, "bound broken", r, "bound " + ms(bound.toNanos())));
        for (Measured read : reads) {
            Duration claim = read.read().evidence().staleness();
            if (claim != null && read.proven() > claim.toNanos())
                violate(violations, "claim too low", read, "it claims at most " + ms(claim.toNanos()));
        }
    }

    private static void violate(Violations violations, String kind, Measured read, String limit) {
        Answer proof = read.proof();
        if (proof == null) throw new IllegalStateException("a read that is proven old has a proof");
        String key = read.key().isEmpty() ? "" : "key " + read.key() + ": ";
        violations.add(kind, key + "a read by " + read.node() + " returned version " + read.read().version() + ", " + ms(read.proven())
                + " after version " + proof.version() + " had been shown (" + limit + ")", proof.operation(), read.read().operation());
    }

    private static String ms(long nanos) {
        return nanos % 1_000_000 == 0 ? nanos / 1_000_000 + " ms" : String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
    }
}
