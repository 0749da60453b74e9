package io.engram.jepsen.generator;

import io.engram.jepsen.workload.Invocation;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// A plan of invocations. Immutable.
public interface Generator {
    /// What to do now.
    Next next(Context context);

    /// @param time since the phase began
    /// @param process that is free and asks
    /// @param random the run's one source of chance
    record Context(Duration time, int process, RandomGenerator random) {}

    sealed interface Next {
        record Invoke(Invocation invocation, Generator rest) implements Next {}

        /// Nothing yet: ask again at this time of the phase, or when something has completed.
        record Wait(Duration until, Generator rest) implements Next {}

        /// Nothing any more, for any process.
        record Done() implements Next {}
    }
}
