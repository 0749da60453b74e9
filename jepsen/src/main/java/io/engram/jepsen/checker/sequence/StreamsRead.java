package io.engram.jepsen.checker.sequence;

import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One read of the streams, held against what had been sent and acknowledged by then.
final class StreamsRead {
    private final Operation read;
    private final Map<String, List<Found>> found;
    private final Promise promise;
    private final Violations violations;
    private final SequenceChecker.Counts counts;

    /// What a read is held against.
    ///
    /// @param allKnown whether `sent` is all that may have been sent
    record Promise(List<Sent> sent, List<Mark> marks, boolean allKnown, SequenceChecker.Order order) {}

    StreamsRead(Operation read, Map<String, List<Found>> found, Promise promise, Violations violations, SequenceChecker.Counts counts) {
        this.read = read;
        this.found = found;
        this.promise = promise;
        this.violations = violations;
        this.counts = counts;
    }

    void check() {
        Map<String, List<Sent>> bySession = new LinkedHashMap<>();
        found.keySet().forEach(session -> bySession.put(session, new ArrayList<>()));
        for (Sent one : promise.sent()) {
            // A read of one session tells nothing of the others.
            if (read.key() == null || one.session().equals(read.key())) bySession.computeIfAbsent(one.session(), _ -> new ArrayList<>()).add(one);
        }
        SequenceChecker.Counts here = new SequenceChecker.Counts();
        bySession.forEach((session, sends) -> check(session, sends, found.getOrDefault(session, List.of()), here));
        if (here.acknowledged < counts.acknowledged) return;
        counts.acknowledged = here.acknowledged;
        counts.found = here.found;
        counts.unacknowledged = here.unacknowledged;
        counts.holes = here.holes;
    }

    private void check(String session, List<Sent> sends, List<Found> items, SequenceChecker.Counts here) {
        Ranges acknowledged = new Ranges();
        Ranges attempted = new Ranges();
        for (Sent one : sends) {
            if (one.operation().outcome() != OpType.FAIL && one.operation().invoked() <= read.completed()) attempted.add(one.from(), one.to());
            if (one.acknowledgedTo() >= one.from() && one.operation().completed() < read.invoked())
                acknowledged.add(one.from(), one.acknowledgedTo());
        }
        for (Mark mark : promise.marks())
            if (mark.session().equals(session) && mark.durable() > 0 && mark.operation().completed() < read.invoked())
                acknowledged.add(1, mark.durable());
        Ranges present = present(session, sends, items, attempted);
        Ranges lost = acknowledged.without(present);
        if (!lost.isEmpty())
            violations.add("lost", "session " + session + ": acknowledged, and not there when all was read: " + lost,
                    acknowledging(session, sends, lost));
        Ranges holes = new Ranges();
        if (present.last() > 0) holes.add(1, present.last());
        holes = holes.without(present).without(acknowledged);
        if (promise.order() == SequenceChecker.Order.TOTAL && !holes.isEmpty())
            violations.add("gap", "session " + session + ": not there, though later ones are: " + holes, read);
        inOrder(session, items);
        here.acknowledged += acknowledged.size();
        here.found += present.size();
        here.unacknowledged += present.without(acknowledged).size();
        here.holes += holes.size();
    }

    private Ranges present(String session, List<Sent> sends, List<Found> items, Ranges attempted) {
        Ranges present = new Ranges();
        for (Found item : items) {
            if (present.contains(item.number()))
                violations.add("duplicated", "session " + session + ": number " + item.number() + " is there twice", read);
            if (promise.allKnown() && !attempted.contains(item.number())) {
                Operation refused = sends.stream().filter(s -> s.from() <= item.number() && item.number() <= s.to()).map(Sent::operation)
                        .findFirst().orElse(null);
                String why = refused == null ? " is there, and nobody sent it"
                        : " is there, and every attempt to send it had failed, or had not begun";
                violations.add("phantom", "session " + session + ": number " + item.number() + why, with(refused));
            }
            present.add(item.number(), item.number());
        }
        return present;
    }

    /// In each shard, by number, positions go up. Of a number that is there twice, the first place counts: the other is a fault of its own.
    private void inOrder(String session, List<Found> items) {
        Map<Long, Found> last = new HashMap<>();
        for (Found item : items.stream().sorted(Comparator.comparingLong(Found::number).thenComparingLong(Found::position)).toList()) {
            Found before = last.get(item.shard());
            if (before != null && before.number() == item.number()) continue;
            last.put(item.shard(), item);
            if (before != null && before.position() >= item.position())
                violations.add("out of order", "session " + session + ": number " + before.number() + " has position " + before.position()
                        + ", number " + item.number()
                        + " has position " + item.position() + " of shard " + item.shard(), read);
        }
    }

    private Operation[] with(@Nullable Operation other) {
        return other == null ? new Operation[] {read} : new Operation[] {other, read};
    }

    /// Whoever acknowledged some of it.
    private Operation[] acknowledging(String session, List<Sent> sends, Ranges lost) {
        for (Sent one : sends) if (one.acknowledgedTo() >= one.from() && lost.meets(one.from(), one.acknowledgedTo())) return with(one.operation());
        for (Mark mark : promise.marks())
            if (mark.session().equals(session) && mark.durable() > 0 && lost.meets(1, mark.durable())) return with(mark.operation());
        return with(null);
    }
}
