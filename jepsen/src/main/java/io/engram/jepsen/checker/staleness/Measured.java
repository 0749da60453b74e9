package io.engram.jepsen.checker.staleness;

import io.engram.jepsen.history.Operation;
import org.jspecify.annotations.Nullable;

/// How old a read's answer was.
///
/// @param proven in ns; at least so old when the read began: a newer version had been shown to somebody that long before
/// @param estimate in ns; it may have been so old when the read ended, if the newer version was there as soon as its write began
/// @param proof the answer that showed a newer version first; null where none did
record Measured(String key, Answer read, long proven, long estimate, @Nullable Answer proof) {
    static Measured of(String key, Answer read, KeyAnswers answers, Supersession supersession) {
        Answer proof = supersession.earliestAbove(read.version());
        Answer next = supersession.nextAbove(read.version());
        if (proof == null || next == null) return new Measured(key, read, 0, 0, null);
        long proven = Math.max(0, read.invoked() - proof.completed());
        long born = Math.min(proof.completed(), born(next, answers));
        return new Measured(key, read, proven, Math.max(proven, read.completed() - born), proof);
    }

    /// When a version may have come to be at the earliest.
    private static long born(Answer answer, KeyAnswers answers) {
        if (answer.write()) return answer.invoked();
        // Nobody was told the outcome of its write: take the first that may have been it.
        Operation attempt = answers.firstAttempt(answer.value());
        return attempt == null ? answer.completed() : attempt.invoked();
    }

    String node() {
        String node = read.evidence().node();
        return node == null ? "unknown" : node;
    }

    String role() {
        String role = read.evidence().role();
        return role == null ? "unknown" : role;
    }
}
