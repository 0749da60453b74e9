package io.engram.jepsen.workload;

import io.engram.jepsen.history.Value;
import org.jspecify.annotations.Nullable;

/// What a generator wants done by some process.
///
/// @param key null where the workload has one object only
public record Invocation(String function, @Nullable String key, Value value) {}
