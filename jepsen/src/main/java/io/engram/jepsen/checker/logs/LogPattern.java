package io.engram.jepsen.checker.logs;

import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/// A line that a node must not print.
///
/// @param name in a few words, for the report
/// @param line found anywhere in it
/// @param excusedBy kinds of faults under which it is to be expected; empty: under none
/// @param allowances what it finds and should not
public record LogPattern(String name, Pattern line, Set<String> excusedBy, List<LogAllowance> allowances) {
    public LogPattern {
        excusedBy = Set.copyOf(excusedBy);
        allowances = List.copyOf(allowances);
    }

    static LogPattern never(String name, String line) {
        return new LogPattern(name, Pattern.compile(line), Set.of(), List.of());
    }

    static LogPattern unless(String name, String line, String... faults) {
        return new LogPattern(name, Pattern.compile(line), Set.of(faults), List.of());
    }

    boolean accuses(String text, Disturbance disturbance) {
        return excusedBy.stream().noneMatch(disturbance.applied()::contains) && allowances.stream().noneMatch(a -> a.allows(text, disturbance));
    }
}
