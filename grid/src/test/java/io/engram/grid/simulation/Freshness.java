package io.engram.grid.simulation;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Position;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// Whether every read shows what its proof says, whatever consistency was asked for, and whether the proof is as good as that.
final class Freshness {
    private Freshness() {}

    /// @return what is wrong, one line for each read
    static List<String> check(History history) {
        return history.reads.stream()
                .flatMap(read -> asGoodAsAsked(read)
                        .or(() -> showsWhatItProves(history, read))
                        .or(() -> showsOwnWrites(history, read))
                        .or(() -> wasWritten(history, read))
                        .stream())
                .toList();
    }

    private static Optional<String> asGoodAsAsked(History.Read read) {
        Optional<Duration> proven = read.proof().staleness();
        boolean good = switch (read.consistency()) {
            case Consistency.Linearizable() -> proven.equals(Optional.of(Duration.ZERO));
            case Consistency.Bounded(Duration bound) -> proven.isPresent() && proven.get().compareTo(bound) <= 0;
            case Consistency.AtLeast(List<Position> positions) ->
                positions.stream()
                        .filter(position -> position.shard().equals(read.shard()))
                        .allMatch(position -> read.proof().applied().index() >= position.index());
            case Consistency.Eventual() -> true;
        };
        return good ? Optional.empty() : Optional.of("the proof is weaker than what was asked for: " + read);
    }

    /// The rule, to the letter: every write acknowledged longer than the proven staleness before the read began is in the answer.
    private static Optional<String> showsWhatItProves(History history, History.Read read) {
        Optional<Duration> proven = read.proof().staleness();
        if (proven.isEmpty()) return Optional.empty();
        long before = read.began() - proven.get().toNanos();
        return history.writes.stream()
                .filter(write -> write.key.equals(read.key()) && write.outcome == History.Write.Outcome.RECORDED)
                .filter(write -> write.acknowledged < before && write.version > read.version())
                .findFirst()
                .map(write -> "stale beyond the proof: " + read + "\n  misses " + write + ", acknowledged " + write.acknowledged / 1e6);
    }

    private static Optional<String> showsOwnWrites(History history, History.Read read) {
        if (!(read.consistency() instanceof Consistency.AtLeast(List<Position> positions))) return Optional.empty();
        return history.writes.stream()
                .filter(write -> write.key.equals(read.key()) && write.outcome == History.Write.Outcome.RECORDED)
                .filter(write -> positions.stream().anyMatch(p -> p.shard().equals(read.shard()) && p.index() >= write.version))
                .filter(write -> write.version > read.version())
                .findFirst()
                .map(write -> "does not show what it was asked to wait for: " + read + "\n  misses " + write);
    }

    /// What was read had been asked for by somebody, and is told under one version everywhere.
    private static Optional<String> wasWritten(History history, History.Read read) {
        if (read.version() == 0) return Optional.empty();
        boolean known = history.writes.stream()
                .anyMatch(write -> write.key.equals(read.key())
                        && write.text.equals(read.text())
                        && write.invoked <= read.returned()
                        && (write.outcome == History.Write.Outcome.UNKNOWN
                                || (write.outcome == History.Write.Outcome.RECORDED && write.version == read.version())));
        return known ? Optional.empty() : Optional.of("shows what nobody wrote: " + read);
    }
}
