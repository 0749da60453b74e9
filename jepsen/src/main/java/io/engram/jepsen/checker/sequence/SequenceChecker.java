package io.engram.jepsen.checker.sequence;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.Deadline;
import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Limits;
import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Did each session's stream arrive as it was sent?
///
/// `send` carries Fields{session, from, to}, or its completion says so; an OK acknowledges the range of its own Fields, or else all that
/// was sent. `read` returns Fields of session to Items of what was found, each a number (in order of position) or [number, shard,
/// position]. In every read:
/// - *lost*: a number is missing whose acknowledgement came before the read began;
/// - *gap*: a number is missing though a later one is there, acknowledged or not, where there is one order for all;
/// - *duplicated*: a number is there twice;
/// - *out of order*: of two numbers of one session in one shard, the later one has the lower position;
/// - *phantom*: a number that nobody had tried to send when the read ended, or only with attempts that failed for certain; not judged if
///   there is a send of which it is not even known what it sent.
///
/// An operation that returns Fields{session, durable} has opened the session: it acknowledges all through that number, and
/// - *mark went back*: it says less than had been acknowledged before it began.
///
/// Sending a range again is no fault. Nothing acknowledged, or no read after it: UNKNOWN.
public final class SequenceChecker implements Checker {
    /// What a stream is promised.
    public enum Order {
        /// One order for all of a session: nothing is there before all that precedes it.
        TOTAL,
        /// One order in each shard: of what was not acknowledged, a later number may be there without an earlier one.
        PER_SHARD
    }

    private final Order order;

    public SequenceChecker(Order order) {
        this.order = order;
    }

    @Override
    public String name() {
        return "sequence";
    }

    @Override
    public Finding check(History history, Limits limits) {
        Deadline deadline = Deadline.of(limits);
        List<Sent> sent = new ArrayList<>();
        List<Operation> reads = new ArrayList<>();
        int unreadable = 0;
        boolean allKnown = true;
        List<Mark> marks = new ArrayList<>();
        for (Operation operation : history.operations()) {
            if (operation.function().equals("send")) {
                Sent one = Sent.of(operation);
                if (one != null) sent.add(one);
                else if (operation.outcome() == OpType.OK) unreadable++;
                else if (operation.outcome() == OpType.INFO) allKnown = false;
            } else if (operation.function().equals("read") && operation.outcome() == OpType.OK) reads.add(operation);
            else {
                Mark mark = Mark.of(operation);
                if (mark != null) marks.add(mark);
            }
        }
        Violations violations = new Violations();
        Counts counts = new Counts();
        for (Mark mark : marks) {
            if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
            mark.check(sent, violations);
        }
        for (Operation read : reads) {
            if (deadline.passed()) return Finding.unknown(name(), deadline.sentence(), Map.of());
            var found = Found.sessions(read.key(), Objects.requireNonNull(read.completion()).value());
            if (found == null) unreadable++;
            else new StreamsRead(read, found, new StreamsRead.Promise(sent, marks, allKnown, order), violations, counts).check();
        }
        Map<String, Value> figures = new LinkedHashMap<>();
        figures.put("sessions", Value.of(sent.stream().map(Sent::session).distinct().count()));
        figures.put("sends", Value.of(sent.size()));
        figures.put("opened", Value.of(marks.size()));
        figures.put("reads", Value.of(reads.size()));
        figures.put("acknowledgedNumbers", Value.of(counts.acknowledged));
        figures.put("foundNumbers", Value.of(counts.found));
        figures.put("foundUnacknowledged", Value.of(counts.unacknowledged));
        figures.put("holesAboveAcknowledged", Value.of(counts.holes));
        if (!violations.none()) return violations.finding(name(), figures);
        if (unreadable > 0) return Finding.unknown(name(), unreadable + " operations are not of the form that this checker reads", figures);
        if (reads.isEmpty()) return Finding.unknown(name(), "the streams were never read", figures);
        if (counts.acknowledged == 0) return Finding.unknown(name(), "nothing was acknowledged before a read", figures);
        return Finding.valid(name(), "all " + counts.acknowledged + " acknowledged numbers are there, once and in order", figures);
    }

    /// Of the read that had the most to show.
    static final class Counts {
        long acknowledged;
        long found;
        long unacknowledged;
        long holes;
    }
}
