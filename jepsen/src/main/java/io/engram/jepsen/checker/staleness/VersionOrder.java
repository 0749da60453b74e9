package io.engram.jepsen.checker.staleness;

import io.engram.jepsen.checker.Violations;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.HashMap;
import java.util.Map;

/// Whether versions may be trusted as the order of writes. They must agree with real time and with one another: without
/// that, staleness means nothing.
final class VersionOrder {
    private final String key;
    private final KeyAnswers answers;
    private final Supersession supersession;
    private final Violations violations;

    VersionOrder(String key, KeyAnswers answers, Supersession supersession, Violations violations) {
        this.key = key;
        this.answers = answers;
        this.supersession = supersession;
        this.violations = violations;
    }

    void check() {
        Map<Long, Answer> seen = new HashMap<>();
        Map<Long, Answer> writes = new HashMap<>();
        for (Answer answer : answers.answers()) {
            Answer before = seen.putIfAbsent(answer.version(), answer);
            if (before != null && !before.value().equals(answer.value()))
                violations.add("inconsistent version", what() + "version " + answer.version() + " has two values", before.operation(),
                        answer.operation());
            if (answer.write()) written(answer, writes);
        }
        for (Answer answer : answers.answers()) if (!answer.write()) read(answer, writes);
    }

    private void written(Answer write, Map<Long, Answer> writes) {
        Answer twin = writes.putIfAbsent(write.version(), write);
        if (twin != null)
            violations.add("shared version", what() + "two writes have version " + write.version(), twin.operation(), write.operation());
        Answer known = supersession.highestBefore(write.invoked());
        if (known != null && known.version() >= write.version())
            violations.add("version went back", what() + "a " + write.shown() + " began after a " + known.shown() + " had completed",
                    known.operation(), write.operation());
    }

    private void read(Answer read, Map<Long, Answer> writes) {
        Answer write = writes.get(read.version());
        if (write != null && read.completed() < write.invoked()) {
            violations.add("read from the future", what() + "version " + read.version() + " was read before its write began",
                    read.operation(), write.operation());
            return;
        }
        if (read.value().equals(Value.NIL) || !answers.valuesKnown()) return;
        Operation attempt = answers.firstAttempt(read.value());
        if (attempt == null || attempt.invoked() > read.completed())
            violations.add("phantom", what() + "a value was read that no write could have written by then", read.operation());
    }

    private String what() {
        return key.isEmpty() ? "" : "key " + key + ": ";
    }
}
