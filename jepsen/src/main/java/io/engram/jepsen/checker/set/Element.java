package io.engram.jepsen.checker.set;

import io.engram.jepsen.history.OpType;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a history tells about one element of a set.
final class Element {
    final Value value;
    /// The first attempt to add it that may have happened; null if there is none.
    private @Nullable Operation attempt;
    private @Nullable Operation refused;
    private @Nullable Operation acknowledged;
    /// The operation that completed first of those that show it is there: its acknowledged add, and the reads that have it.
    private @Nullable Operation known;
    /// The read with it that was the first to complete.
    private @Nullable Operation firstSeen;
    /// The reads with it and without it that were the last to begin.
    private @Nullable Operation lastPresent;
    private @Nullable Operation lastAbsent;

    enum Fate {
        /// In every read that began after some moment, and in at least one.
        STABLE,
        /// Known to be there, and absent from every read that began after some later moment.
        LOST,
        /// No read can tell.
        NEVER_READ
    }

    Element(Value value) {
        this.value = value;
    }

    void added(Operation add) {
        if (add.outcome() == OpType.FAIL) {
            if (refused == null) refused = add;
            return;
        }
        if (attempt == null) attempt = add;
        if (add.outcome() != OpType.OK) return;
        if (acknowledged == null || add.completed() < acknowledged.completed()) acknowledged = add;
        knownBy(add);
    }

    void present(Operation read) {
        if (lastPresent == null || lastPresent.invocation().index() < read.invocation().index()) lastPresent = read;
        if (firstSeen == null || read.completed() < firstSeen.completed()) firstSeen = read;
        knownBy(read);
    }

    private void knownBy(Operation operation) {
        if (known == null || operation.completed() < known.completed()) known = operation;
    }

    /// @param read the last of all that lack it
    void absent(Operation read) {
        lastAbsent = read;
    }

    Fate fate() {
        if (lastPresent != null && (lastAbsent == null || began(lastAbsent) < began(lastPresent))) return Fate.STABLE;
        boolean absentAfterKnown = known != null && lastAbsent != null && known.completed() < lastAbsent.invoked();
        return absentAfterKnown ? Fate.LOST : Fate.NEVER_READ;
    }

    private static int began(Operation read) {
        return read.invocation().index();
    }

    /// For how long it was still absent from reads after it was known, in ns; 0 if it never was.
    long staleFor() {
        return known == null || lastAbsent == null ? 0 : Math.max(0, lastAbsent.invoked() - known.completed());
    }

    /// For how long it was there after it was known until it was lost, in ns.
    long lostAfter() {
        return known == null || lastPresent == null ? 0 : Math.max(0, lastPresent.invoked() - known.completed());
    }

    boolean attempted() {
        return attempt != null;
    }

    boolean wasAcknowledged() {
        return acknowledged != null;
    }

    boolean seen() {
        return lastPresent != null;
    }

    /// Whether it was seen before anybody began to add it.
    boolean seenTooEarly() {
        return attempt != null && firstSeen != null && firstSeen.completed() < attempt.invoked();
    }

    Operation[] evidence() {
        return Stream.of(refused, attempt, known, lastPresent, lastAbsent).filter(Objects::nonNull).distinct().toArray(Operation[]::new);
    }

    boolean wasRefused() {
        return refused != null;
    }
}
