package io.engram.jepsen.checker;

import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Value;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What one checker found.
///
/// @param checker its name, as the report and results.json show it
/// @param sentence why, in one line for a reader who knows the workload but not the checker
/// @param figures counts, quantiles, tables; units stand in the names (p99StalenessMillis)
/// @param evidence the few events that show it, in order; empty unless invalid
public record Finding(String checker, Verdict verdict, String sentence, Map<String, Value> figures, List<Op> evidence) {
    public Finding {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        evidence = List.copyOf(evidence);
    }

    public static Finding valid(String checker, String sentence, Map<String, Value> figures) {
        return new Finding(checker, Verdict.VALID, sentence, figures, List.of());
    }

    public static Finding unknown(String checker, String why, Map<String, Value> figures) {
        return new Finding(checker, Verdict.UNKNOWN, why, figures, List.of());
    }

    public static Finding invalid(String checker, String why, Map<String, Value> figures, List<Op> evidence) {
        return new Finding(checker, Verdict.INVALID, why, figures, evidence);
    }
}
