package io.engram.jepsen.run;

import io.engram.jepsen.nemesis.Schedule;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A run that is to be made.
///
/// @param kinds of faults that were asked for; empty if none were
/// @param timeLimit of the mixed phase
/// @param rate operations per second that are aimed at, over all processes
/// @param seed of all chance but that of the schedule
/// @param settings of the workload, as the report shows them
/// @param folder of the run; is made
/// @param command the command line that repeats the run
public record RunSpec(
        List<String> kinds,
        Schedule schedule,
        Duration timeLimit,
        int concurrency,
        double rate,
        long seed,
        Map<String, String> settings,
        Path folder,
        String command) {
    public RunSpec {
        kinds = List.copyOf(kinds);
        settings = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(settings));
        if (timeLimit.isNegative() || timeLimit.isZero()) throw new IllegalArgumentException("time limit must be positive, was " + timeLimit);
        if (concurrency < 1) throw new IllegalArgumentException("concurrency must be positive, was " + concurrency);
    }
}
