package io.engram.jepsen.report;

import io.engram.jepsen.checker.Finding;
import io.engram.jepsen.checker.Verdict;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What came of a run: what `results.json` holds.
///
/// @param verdict the worst of all findings
/// @param sentence why, in one line: that of the first finding with this verdict
/// @param findings of every checker that was asked, and of the run itself (too few operations, no fault that bit)
/// @param counts of operations and faults, by name: ops, ok, fail, info, faults, faultsApplied, and what else a run counts
public record Results(Verdict verdict, String sentence, List<Finding> findings, Map<String, Long> counts) {
    public Results {
        findings = List.copyOf(findings);
        counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
    }

    /// @throws IllegalArgumentException without findings: nobody judged, so there is no verdict
    public static Results of(List<Finding> findings, Map<String, Long> counts) {
        if (findings.isEmpty()) throw new IllegalArgumentException("findings must not be empty");
        Verdict worst = findings.stream().map(Finding::verdict).reduce(Verdict.VALID, Verdict::and);
        String sentence = findings.stream().filter(f -> f.verdict() == worst).map(Finding::sentence).findFirst().orElseThrow();
        return new Results(worst, sentence, findings, counts);
    }
}
