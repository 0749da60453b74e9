package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.store.Stores;
import java.util.List;

/// A workload that happens in spaces of its own.
abstract class SpacedWorkload implements Workload {
    final Stores stores;

    private final String name;
    private final List<String> spaces;
    private final List<Checker> checkers;

    SpacedWorkload(String name, Stores stores, List<String> spaces, List<Checker> checkers) {
        this.name = name;
        this.stores = stores;
        this.spaces = List.copyOf(spaces);
        this.checkers = List.copyOf(checkers);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final void prepare(List<Endpoint> endpoints) {
        stores.prepare(endpoints, spaces);
    }

    @Override
    public final List<Checker> checkers() {
        return checkers;
    }
}
