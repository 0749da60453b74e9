package io.engram.jepsen.checker.set;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Distribution;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Grouped;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Value;
import java.util.LinkedHashMap;
import java.util.Map;

/// Is nothing lost that was acknowledged or seen, nothing there that nobody added, and nothing there twice?
///
/// `add` carries an element, `read` returns Items of all of them; each key is a set of its own. As with Jepsen's set-full:
/// an element is *known* from the first completion of its add or of a read that has it; *stable* if the last read that
/// lacks it began before the last one that has it; *lost* if it was known before a read began that lacks it and no
/// later read has it again; *stale* if it is stable and was absent from a read that began after it was known; else *never
/// read*. Beyond that: *duplicated* (twice in one read), *phantom* (nobody tried to add it, or not yet), *resurrected* (all attempts to
/// add it had failed for certain).
///
/// Lost, duplicated, phantom and resurrected are violations; stale is one if reads are promised to see all that was acknowledged
/// before they began. Nothing stable and nothing lost: UNKNOWN.
public final class SetChecker implements Checker {
    /// What reads promise.
    public enum Reads {
        LINEARIZABLE,
        EVENTUAL
    }

    private final Reads promise;

    public SetChecker(Reads promise) {
        this.promise = promise;
    }

    @Override
    public String name() {
        return "set";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Deadline deadline = Deadline.of(limits);
        Violations violations = new Violations();
        Tally tally = new Tally();
        for (var each : Grouped.byKey(history.operations()).entrySet()) {
            SetFull set = SetFull.of(each.getValue(), deadline);
            if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
            String of = each.getKey().isEmpty() ? "" : " of " + each.getKey();
            tally.reads += set.reads();
            tally.readsWithoutItems += set.withoutItems();
            for (Element element : set.elements()) judge(element, of, tally, violations);
            set.duplicated().forEach((value, read) -> {
                tally.duplicated++;
                violations.add("duplicated", "element " + Violations.shown(value) + of + " stands in one read more than once", read);
            });
        }
        Map<String, Value> figures = tally.figures();
        if (!violations.none()) return violations.finding(name(), figures);
        if (tally.reads == 0) return Finding.unknown(name(), "the set was never read", figures);
        if (tally.readsWithoutItems > 0) return Finding.unknown(name(), tally.readsWithoutItems + " reads did not return a list", figures);
        if (tally.stable == 0) return Finding.unknown(name(), "no element was ever seen to be there to stay", figures);
        return Finding.valid(name(), tally.stable + " of " + tally.attempted + " elements were there to stay, none was lost; of "
                + tally.neverRead + " no read can tell", figures);
    }

    private void judge(Element element, String of, Tally tally, Violations violations) {
        if (element.attempted()) tally.attempted++;
        if (element.wasAcknowledged()) tally.acknowledged++;
        String what = "element " + Violations.shown(element.value) + of;
        if (!element.attempted() && !element.seen()) return; // refused, and not there: as it should be
        if (!element.attempted()) {
            if (element.wasRefused())
                violations.add("resurrected", what + " was read, though every attempt to add it had failed", element.evidence());
            else violations.add("phantom", what + " was read, and nobody added it", element.evidence());
            return;
        }
        if (element.seenTooEarly()) violations.add("phantom", what + " was read before anybody began to add it", element.evidence());
        switch (element.fate()) {
            case STABLE -> {
                tally.stable++;
                if (!element.wasAcknowledged()) tally.recovered++;
                long staleFor = element.staleFor();
                tally.stableLatency.add(staleFor);
                if (staleFor == 0) return;
                tally.stale++;
                if (promise == Reads.LINEARIZABLE)
                    violations.add("stale", what + " was absent from a read that began " + staleFor / 1e6 + " ms after it was known",
                            element.evidence());
            }
            case LOST -> {
                tally.lost++;
                tally.lostLatency.add(element.lostAfter());
                violations.add("lost", what + " was " + (element.wasAcknowledged() ? "acknowledged" : "seen")
                        + ", and the last reads lack it", element.evidence());
            }
            case NEVER_READ -> tally.neverRead++;
        }
    }

    private static final class Tally {
        private int reads;
        private int readsWithoutItems;
        private int attempted;
        private int acknowledged;
        private int stable;
        private int stale;
        private int lost;
        private int neverRead;
        private int recovered;
        private int duplicated;
        private final Distribution stableLatency = new Distribution();
        private final Distribution lostLatency = new Distribution();

        Map<String, Value> figures() {
            Map<String, Value> figures = new LinkedHashMap<>();
            figures.put("reads", Value.of(reads));
            figures.put("attempted", Value.of(attempted));
            figures.put("acknowledged", Value.of(acknowledged));
            figures.put("stable", Value.of(stable));
            figures.put("stale", Value.of(stale));
            figures.put("lost", Value.of(lost));
            figures.put("neverRead", Value.of(neverRead));
            figures.put("recovered", Value.of(recovered));
            figures.put("duplicated", Value.of(duplicated));
            figures.put("stableLatency", stableLatency.figures());
            figures.put("lostLatency", lostLatency.figures());
            return figures;
        }
    }
}
