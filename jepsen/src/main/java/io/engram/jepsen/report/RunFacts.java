package io.engram.jepsen.report;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What a run was: all that is needed to judge it and to repeat it. Stands in the run's folder as `run.json`.
///
/// @param nemesis kinds of faults that were asked for; empty if none were
/// @param nodes of the cluster, by name
/// @param backend what the nodes are: containers, processes, endpoints
/// @param concurrency processes at a time
/// @param rate operations per second that were aimed at
/// @param timeLimit of the mixed phase
/// @param startedAt by the harness' wall clock; the history's times count from here
/// @param version of the system under test
/// @param commit that it was built from; empty if that is not known
/// @param tools what faults were done with where there is a choice, by kind of fault
/// @param settings of the workload, as text
/// @param command the command line that repeats the run, as typed in a shell
public record RunFacts(
        String workload,
        List<String> nemesis,
        List<String> nodes,
        String backend,
        int concurrency,
        double rate,
        Duration timeLimit,
        long seed,
        Instant startedAt,
        String version,
        String commit,
        Map<String, String> tools,
        Map<String, String> settings,
        String command) {
    public RunFacts {
        nemesis = List.copyOf(nemesis);
        nodes = List.copyOf(nodes);
        tools = Collections.unmodifiableMap(new LinkedHashMap<>(tools));
        settings = Collections.unmodifiableMap(new LinkedHashMap<>(settings));
    }
}
