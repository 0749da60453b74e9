package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.checker.availability.AvailabilityChecker;
import io.engram.jepsen.checker.linear.LinearChecker;
import io.engram.jepsen.checker.linear.Models;
import io.engram.jepsen.checker.linear.Reading;
import io.engram.jepsen.checker.recall.RecallChecker;
import io.engram.jepsen.checker.sequence.SequenceChecker;
import io.engram.jepsen.checker.session.SessionChecker;
import io.engram.jepsen.checker.set.SetChecker;
import io.engram.jepsen.checker.spaces.SpacesChecker;
import io.engram.jepsen.checker.staleness.StalenessChecker;
import io.engram.jepsen.history.Phases;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Which checkers judge which workload. Each is told beside how available it was: figures only, since a schedule may leave no
/// time between two faults in which a limit could be kept.
final class Judges {
    /// A node that says so is there, and has looked.
    private static final Set<String> REFUSALS = Set.of("DIFFERS", "VERSION_CONFLICT", "MEMORY_NOT_FOUND");

    private Judges() {}

    /// Versions are a second opinion on every read, and have an answer where a search for an order runs out of time.
    static List<Checker> register() {
        return List.of(new LinearChecker(Models.named("cas-register", Reading.OURS)), new StalenessChecker(Duration.ZERO, Phases.USUAL_RECOVERY), availability());
    }

    static List<Checker> set() {
        return List.of(new SetChecker(SetChecker.Reads.LINEARIZABLE), availability());
    }

    static List<Checker> sessionStream() {
        return List.of(new SequenceChecker(SequenceChecker.Order.PER_SHARD), availability());
    }

    static List<Checker> boundedStaleness(Duration delta) {
        return List.of(new StalenessChecker(delta, Phases.USUAL_RECOVERY), availability());
    }

    static List<Checker> monotonic() {
        return List.of(new SessionChecker(), availability());
    }

    static List<Checker> recall() {
        return List.of(new RecallChecker(), availability());
    }

    static List<Checker> spaces() {
        return List.of(new SpacesChecker(), availability());
    }

    private static Checker availability() {
        return new AvailabilityChecker(Phases.USUAL_RECOVERY, Optional.empty(), REFUSALS);
    }
}
