package io.engram.jepsen.checker.logs;

import java.util.Set;
import java.util.regex.Pattern;

/// A line that is no fault, though a pattern finds it.
///
/// @param line found anywhere in it
/// @param under kinds of faults of which one must have been applied in the run; empty: always allowed
/// @param anyFault allowed as soon as any fault was tried
public record LogAllowance(Pattern line, Set<String> under, boolean anyFault) {
    public LogAllowance {
        under = Set.copyOf(under);
    }

    static LogAllowance always(String line) {
        return new LogAllowance(Pattern.compile(line), Set.of(), false);
    }

    static LogAllowance underAnyFault(String line) {
        return new LogAllowance(Pattern.compile(line), Set.of(), true);
    }

    static LogAllowance under(String line, String... faults) {
        return new LogAllowance(Pattern.compile(line), Set.of(faults), false);
    }

    boolean allows(String text, Disturbance disturbance) {
        boolean here = anyFault ? disturbance.any() : under.isEmpty() || under.stream().anyMatch(disturbance.applied()::contains);
        return here && line.matcher(text).find();
    }
}
