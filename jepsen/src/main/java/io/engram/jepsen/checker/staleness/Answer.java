package io.engram.jepsen.checker.staleness;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.Op;
import io.engram.jepsen.history.Operation;
import io.engram.jepsen.history.Value;
import java.util.Objects;

/// A successful read or write of a key: proof that this version was there when it completed.
///
/// @param version 0: nothing was there yet
/// @param value that was written or read
record Answer(Operation operation, boolean write, long version, Value value) {
    long invoked() {
        return operation.invoked();
    }

    long completed() {
        return operation.completed();
    }

    Evidence evidence() {
        return completion().evidence();
    }

    private Op completion() {
        return Objects.requireNonNull(operation.completion());
    }

    String shown() {
        return (write ? "write of " : "read of ") + version;
    }
}
