package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.util.List;

/// Adds one number after the other to a set, each under a key of its own, and reads the whole set now and then: what was added
/// and acknowledged is in every read that begins afterwards.
final class SetWorkload extends OneSpaceWorkload {
    static final String NAME = "set";
    private static final String PREFIX = "e";
    /// A read costs as much as the set is large.
    private static final int ADDS_PER_READ = 150;

    SetWorkload(Stores stores, String space, List<Checker> checkers) {
        super(NAME, stores, space, checkers);
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        return StoreClient.mostlyBound(stores, endpoints, worker, this::invoke);
    }

    @Override
    public Generator generator() {
        Generator adds = Generator.counted((n, random) -> new Invocation("add", null, Value.of(n)));
        return Generator.mix(List.of(Generator.share(ADDS_PER_READ, adds), Generator.share(1, Generator.drawn(random -> read()))));
    }

    /// Every thread reads once: one of each node at least.
    @Override
    public Generator closing() {
        return Generator.eachThread(Generator.once(read()));
    }

    private static Invocation read() {
        return new Invocation("read", null, Value.NIL);
    }

    private Completion invoke(Store store, Told told, Invocation invocation) {
        return switch (invocation.function()) {
            case "add" -> {
                long number = StoreClient.number(invocation);
                yield told.write(invocation, () -> store.put(new Store.Name(space, PREFIX + number), Long.toString(number), new Store.When.Always()));
            }
            case "read" -> told.read(invocation, () -> store.list(space, PREFIX), StoreClient::values);
            default -> throw StoreClient.unknown(invocation);
        };
    }
}
