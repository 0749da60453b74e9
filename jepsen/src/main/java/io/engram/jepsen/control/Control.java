package io.engram.jepsen.control;

import io.engram.jepsen.nemesis.Planned;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
    /// @param broken switches of the agent that make the system wrong
    /// @param besides switches of the agent that a system has to put up with: by themselves they must not show
    /// @param settings of every node
    public record Ground(boolean containers, List<String> broken, List<String> besides, Map<String, String> settings) {
        public Ground {
            broken = List.copyOf(broken);
            besides = List.copyOf(besides);
            settings = Map.copyOf(settings);
        }

        List<String> switches() {
            return Stream.concat(broken.stream(), besides.stream()).toList();
        }

        /// The same without what is wrong.
        Ground sound() {
            return new Ground(containers, List.of(), besides, settings);
        }
    }

    /// @param keys in use at a time
    /// @param delta that bounded readers ask for
    /// @param deadline of each call
    public record Use(String workload, Duration timeLimit, int concurrency, double rate, int keys, Duration delta, Duration deadline) {}
}
