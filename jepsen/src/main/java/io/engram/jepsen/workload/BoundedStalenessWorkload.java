package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.time.Duration;
import java.util.List;

/// A few keys, written on and on; every node answers reads from its own replicas, within a bound of staleness that it has to keep or
/// to refuse.
///
/// Each process talks to one node only, and most operations read: so followers, cut off or not, do answer.
final class BoundedStalenessWorkload extends OneSpaceWorkload {
    static final String NAME = "bounded-staleness";

    private final int keys;
    private final Duration delta;

    BoundedStalenessWorkload(Stores stores, String space, int keys, Duration delta, List<Checker> checkers) {
        super(NAME, stores, space, checkers);
        this.keys = keys;
        this.delta = delta;
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        return StoreClient.bound(stores, endpoints, worker, this::invoke);
    }

    @Override
    public Generator generator() {
        Generator writes = Generator.counted((n, random) -> new Invocation("write", "k" + random.nextInt(keys), Value.of(n)));
        Generator reads = Generator.drawn(random -> new Invocation("read", "k" + random.nextInt(keys), Value.NIL));
        return Generator.mix(List.of(Generator.share(3, writes), Generator.share(7, reads)));
    }

    /// Every node answers for every key once more, when nothing is broken.
    @Override
    public Generator closing() {
        return Generator.eachThread(Generator.counted((n, random) -> new Invocation("read", "k" + n, Value.NIL)).limit(keys));
    }

    private Completion invoke(Store store, Told told, Invocation invocation) {
        Store.Name name = new Store.Name(space, String.valueOf(invocation.key()));
        return switch (invocation.function()) {
            case "write" -> told.write(invocation, () -> store.put(name, Long.toString(StoreClient.number(invocation)), new Store.When.Always()));
            case "read" -> told.read(invocation, () -> store.get(name, new Store.Wanted.Bounded(delta)), StoreClient::value);
            default -> throw StoreClient.unknown(invocation);
        };
    }
}
