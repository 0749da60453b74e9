package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.store.Stores;
import java.util.List;

/// A workload that happens in one space of its own.
abstract class OneSpaceWorkload extends SpacedWorkload {
    final String space;

    OneSpaceWorkload(String name, Stores stores, String space, List<Checker> checkers) {
        super(name, stores, List.of(space), checkers);
        this.space = space;
    }
}
