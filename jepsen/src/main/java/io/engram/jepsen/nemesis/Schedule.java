package io.engram.jepsen.nemesis;

import java.util.List;

/// All faults of a run. Faults may overlap.
///
/// @param seed that the targets left to chance are drawn from
/// @param faults by their time
public record Schedule(long seed, List<Planned> faults) {
    public Schedule {
        faults = List.copyOf(faults);
    }
}
