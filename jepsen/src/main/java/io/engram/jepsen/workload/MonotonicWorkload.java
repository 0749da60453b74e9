package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.util.List;

/// Each process is a causal session that goes from node to node, call by call: wherever it reads, it finds what it wrote, and
/// nothing older than what it has read.
final class MonotonicWorkload extends OneSpaceWorkload {
    static final String NAME = "monotonic";

    private final int keys;

    MonotonicWorkload(Stores stores, String space, int keys, List<Checker> checkers) {
        super(NAME, stores, space, checkers);
        this.keys = keys;
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        return StoreClient.wandering(stores, endpoints, worker, this::invoke);
    }

    @Override
    public Generator generator() {
        return Generator.counted((n, random) -> {
            String key = "k" + random.nextInt(keys);
            return random.nextInt(10) < 3 ? new Invocation("write", key, Value.of(n)) : new Invocation("read", key, Value.NIL);
        });
    }

    @Override
    public Generator closing() {
        return Generator.eachThread(Generator.counted((n, random) -> new Invocation("read", "k" + n, Value.NIL)).limit(keys));
    }

    private Completion invoke(Store store, Told told, Invocation invocation) {
        Store.Name name = new Store.Name(space, String.valueOf(invocation.key()));
        return switch (invocation.function()) {
            case "write" -> told.write(invocation, () -> store.put(name, Long.toString(StoreClient.number(invocation)), new Store.When.Always()));
            case "read" -> told.read(invocation, () -> store.get(name, new Store.Wanted.Causal()), StoreClient::value);
            default -> throw StoreClient.unknown(invocation);
        };
    }
}
