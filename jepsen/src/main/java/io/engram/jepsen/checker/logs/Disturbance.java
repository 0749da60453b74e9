package io.engram.jepsen.checker.logs;

import io.engram.jepsen.history.FaultWindow;
import io.engram.jepsen.history.History;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// What was done to the nodes of a run.
///
/// @param applied kinds of faults that were seen to bite
/// @param any also one that was not: to damage a file, say, its node is killed, whether there is such a file or not
record Disturbance(Set<String> applied, boolean any) {
    Disturbance {
        applied = Set.copyOf(applied);
    }

    static Disturbance in(History history) {
        List<FaultWindow> faults = FaultWindow.in(history);
        return new Disturbance(faults.stream().filter(FaultWindow::applied).map(FaultWindow::fault).collect(Collectors.toSet()), !faults.isEmpty());
    }
}
