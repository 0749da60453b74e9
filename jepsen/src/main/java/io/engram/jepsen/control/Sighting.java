package io.engram.jepsen.control;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import io.engram.jepsen.history.History;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.OpType;
import io.engram.jepsen.report.Results;
import java.time.Duration;
import java.util.OptionalLong;

/// What came of one run of a control.
///
/// @param found the named checker said no
/// @param sentence what it said, or what was said instead
/// @param operations that had begun when what shows it was complete; all, if it was not found
record Sighting(boolean found, Verdict verdict, String sentence, long operations, long seed, Duration took) {
    static Sighting of(Control control, Results results, History history, long seed, Duration took) {
        Finding said = results.findings().stream()
                .filter(finding -> finding.checker().equals(control.checker()))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no checker " + control.checker() + " judged workload " + control.use().workload()));
        boolean found = said.verdict() == Verdict.INVALID;
        OptionalLong last = said.evidence().stream().mapToLong(Op::index).max();
        long operations = history.ops().stream()
                .filter(op -> op.ofClient() && op.type() == OpType.INVOKE)
                .filter(op -> !found || last.isEmpty() || op.index() <= last.getAsLong())
                .count();
        return new Sighting(found, said.verdict(), said.sentence(), operations, seed, took);
    }
}
