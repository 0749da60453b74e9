package io.engram.jepsen.control;

import io.engram.jepsen.nemesis.Planned;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/// A system that is known to be bad, and how that shows.
///
/// @param name as it is chosen and printed
/// @param wrong what is wrong with it, in a few words
/// @param ground what it is made of
/// @param use what is done with it
/// @param faults how it is broken besides; may be empty
/// @param checker that must say no, by name
public record Control(String name, String wrong, Ground ground, Use use, List<Planned> faults, String checker) {
    public Control {
        faults = List.copyOf(faults);
    }

    /// @param containers or else processes
    /// @param switches of the agent
    /// @param settings of every node
    public record Ground(boolean containers, List<String> switches, Map<String, String> settings) {
        public Ground {
            switches = List.copyOf(switches);
            settings = Map.copyOf(settings);
        }
    }

    /// @param keys in use at a time
    /// @param delta that bounded readers ask for
    /// @param deadline of each call
    public record Use(String workload, Duration timeLimit, int concurrency, double rate, int keys, Duration delta, Duration deadline) {}
}
