package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/// Many registers, each read, written and compared-and-set by a few processes, then left for a new one, so that a key's history
/// stays short enough to be decided.
///
/// Every value of a key is written once. `cas [from to]` reads the register, linearizably, and, if it held `from`, writes `to` on the
/// condition that the version is still the one it read. It fails with `DIFFERS` if it read another value, with `VERSION_CONFLICT` if the
/// register was written in between, and with the node's reason if the read or the write was refused. The model is therefore to
/// read a failed cas as *nothing was done*, and not as a statement about what the register held.
final class RegisterWorkload extends OneSpaceWorkload {
    static final String NAME = "register";
    /// A few registers at a time, read without pause at every node, and written with pauses: so that a node which was cut off between two
    /// writes is read when others have written again.
    static final String LULLS = "register-lulls";
    /// Writers go on for so long, then rest for so long. A rest is long enough for a fault to begin and to be seen in it, and what follows it
    /// for another leader to be elected and to be written to.
    private static final Duration WRITING = Duration.ofSeconds(4);
    private static final Duration LULL = Duration.ofMillis(2_500);
    /// Through several lulls.
    private static final int PER_LULLED_KEY = 500;
    /// Long enough for a key to live through a fault, short enough that its unknown operations stay few.
    private static final int PER_KEY = 250;
    /// A cas expects one of the latest values, so that it succeeds now and then.
    private static final int GUESSES = 2;

    private final Generator generator;
    private final Clients clients;

    /// How processes come to their nodes.
    private interface Clients {
        WorkloadClient of(Stores stores, List<Endpoint> endpoints, Worker worker, StoreClient.Way way);
    }

    private RegisterWorkload(String name, Stores stores, String space, Generator generator, Clients clients, List<Checker> checkers) {
        super(name, stores, space, checkers);
        this.generator = generator;
        this.clients = clients;
    }

    static RegisterWorkload busy(Stores stores, String space, int threadsPerKey, List<Checker> checkers) {
        Generator plan = Generator.independent(threadsPerKey, number -> Generator.counted((n, random) -> draw("k" + number, n, random)).limit(PER_KEY));
        return new RegisterWorkload(NAME, stores, space, plan, StoreClient::mostlyBound, checkers);
    }

    /// @param keys in use at a time, by all threads
    /// @param writers threads that write; the others read. Each is bound to one node.
    static RegisterWorkload withLulls(Stores stores, String space, int keys, int threads, int writers, List<Checker> checkers) {
        Generator plan = Generator.independent(threads, number -> Generator.reserve(
                        writers,
                        Generator.counted((n, random) -> new Invocation("write", lulled(number, keys, (int) (n % keys)), Value.of(n))).pulsed(WRITING, LULL),
                        Generator.drawn(random -> new Invocation("read", lulled(number, keys, random.nextInt(keys)), Value.NIL)))
                .limit((long) PER_LULLED_KEY * keys));
        return new RegisterWorkload(LULLS, stores, space, plan, StoreClient::bound, checkers);
    }

    private static String lulled(int number, int keys, int which) {
        return "k" + (number * keys + which);
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        return clients.of(stores, endpoints, worker, this::invoke);
    }

    @Override
    public Generator generator() {
        return generator;
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
