package io.engram.jepsen.report;

import io.engram.jepsen.history.History;
import io.engram.jepsen.nemesis.Schedule;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/// Everything that a report shows.
///
/// @param schedule the faults as they were planned; what came of them stands in the history
/// @param logs each node's log file, by the node's name; a file that is not there is said to be missing
public record RunRecord(RunFacts facts, Results results, History history, Schedule schedule, Map<String, Path> logs) {
    public RunRecord {
        logs = Collections.unmodifiableMap(new LinkedHashMap<>(logs));
    }
}
