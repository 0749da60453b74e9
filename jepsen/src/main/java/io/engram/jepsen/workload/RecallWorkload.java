package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.util.List;
import java.util.random.RandomGenerator;

/// Memories are observed, recalled by their own vector, and forgotten: an acknowledged one is in the next linearizable recall, a
/// forgotten one is not.
///
/// `recall id` asks for the few memories closest to the id's vector, and returns the ids found: the id itself is among them
/// if it is there at all, since nothing is closer to a vector than itself.
final class RecallWorkload extends OneSpaceWorkload {
    static final String NAME = "recall-after-observe";
    private static final String PREFIX = "m";
    private static final int NEAREST = 5;
    /// Recalls and forgets ask for one of so many latest ids.
    private static final int WINDOW = 40;

    RecallWorkload(Stores stores, String space, List<Checker> checkers) {
        super(NAME, stores, space, checkers);
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        return StoreClient.mostlyBound(stores, endpoints, worker, this::invoke);
    }

    /// Every third observes a new id; those between recall or forget one of the latest.
    @Override
    public Generator generator() {
        return Generator.counted((n, random) -> n % 3 == 0 ? new Invocation("observe", null, Value.of(n / 3)) : later(n / 3, random));
    }

    private static Invocation later(long latest, RandomGenerator random) {
        Value id = Value.of(Math.max(0, latest - random.nextInt(WINDOW)));
        return new Invocation(random.nextInt(5) == 0 ? "forget" : "recall", null, id);
    }

    @Override
    public Generator closing() {
        return Generator.nothing();
    }

    private Completion invoke(Store store, Told told, Invocation invocation) {
        long id = StoreClient.number(invocation);
        Store.Name name = new Store.Name(space, PREFIX + id);
        return switch (invocation.function()) {
            case "observe" -> told.write(invocation, () -> store.put(name, Long.toString(id), new Store.When.Always()));
            case "forget" -> told.write(invocation, () -> store.forget(name));
            case "recall" -> told.read(invocation, () -> store.recall(name, NEAREST), StoreClient::values);
            default -> throw StoreClient.unknown(invocation);
        };
    }
}
