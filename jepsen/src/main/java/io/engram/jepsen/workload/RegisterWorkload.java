package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.util.List;
import java.util.random.RandomGenerator;

/// Many registers, each read, written and compared-and-set by a few processes, then left for a new one, so that a key's history
/// stays short enough to be decided.
///
/// Every value of a key is written once. `cas [from to]` reads the register, linearizably, and, if it held `from`, writes `to` on the
/// condition that the version is still the one it read. It fails with `DIFFERS` if it read another value, with `VERSION_CONFLICT` if the
/// register was written in between, and with the node's reason if the read or the write was refused. The model is therefore to
/// read a failed cas as *nothing was done*, and not as a statement about what the register held.
final class RegisterWorkload implements Workload {
    static final String NAME = "register";
    /// Long enough for a key to live through a fault, short enough that its unknown operations stay few.
    private static final int PER_KEY = 250;
    /// A cas expects one of the latest values, so that it succeeds now and then.
    private static final int GUESSES = 2;

    private final Stores stores;
    private final String space;
    private final int threadsPerKey;
    private final List<Checker> checkers;

    RegisterWorkload(Stores stores, String space, int threadsPerKey, List<Checker> checkers) {
        this.stores = stores;
        this.space = space;
        this.threadsPerKey = threadsPerKey;
        this.checkers = List.copyOf(checkers);
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public void prepare(List<Endpoint> endpoints) {
        stores.prepare(endpoints, List.of(space));
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        return StoreClient.mostlyBound(stores, endpoints, worker, this::invoke);
    }

    @Override
    public Generator generator() {
        return Generator.independent(threadsPerKey, number -> Generator.counted((n, random) -> draw("k" + number, n, random)).limit(PER_KEY));
    }

    /// Every other one reads; the others write their number, so that each value is written once.
    private static Invocation draw(String key, long number, RandomGenerator random) {
        if (number % 2 == 0) return new Invocation("read", key, Value.NIL);
        if (random.nextInt(5) < 3) return new Invocation("write", key, Value.of(number));
        return new Invocation("cas", key, Value.items(Value.of(number - 2L * (1 + random.nextInt(GUESSES))), Value.of(number)));
    }

    @Override
    public Generator closing() {
        return Generator.nothing();
    }

    @Override
    public List<Checker> checkers() {
        return checkers;
    }

    private Completion invoke(Store store, Told told, Invocation invocation) {
        Store.Name name = new Store.Name(space, String.valueOf(invocation.key()));
        return switch (invocation.function()) {
            case "read" -> told.read(invocation, () -> store.get(name, new Store.Wanted.Linearizable()), StoreClient::value);
            case "write" -> told.write(invocation, () -> store.put(name, text(invocation.value()), new Store.When.Always()));
            case "cas" -> cas(store, told, name, invocation);
            default -> throw StoreClient.unknown(invocation);
        };
    }

    private Completion cas(Store store, Told told, Store.Name name, Invocation invocation) {
        if (!(invocation.value() instanceof Value.Items(List<Value> pair)) || pair.size() != 2) throw StoreClient.unknown(invocation);
        Completion read = told.read(invocation, () -> store.get(name, new Store.Wanted.Linearizable()), StoreClient::value);
        if (read.error() != null) return Completion.fail(invocation.value(), read.evidence(), read.error());
        if (!read.value().equals(pair.getFirst())) return Completion.fail(invocation.value(), read.evidence(), "DIFFERS");
        Long version = read.evidence().version();
        if (version == null) throw new IllegalStateException("a read without a version: " + read.evidence());
        return told.write(invocation, () -> store.put(name, text(pair.getLast()), new Store.When.VersionIs(version)));
    }

    private static String text(Value value) {
        if (value instanceof Value.Whole(long number)) return Long.toString(number);
        throw new IllegalArgumentException("registers hold whole numbers, not " + value);
    }
}
