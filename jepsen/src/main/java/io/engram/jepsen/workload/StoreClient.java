package io.engram.jepsen.workload;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.util.List;
import java.util.Optional;

/// A process with a store of its own.
final class StoreClient implements WorkloadClient {
    /// How a workload's invocations are carried out.
    interface Way {
        Completion invoke(Store store, Told told, Invocation invocation);
    }

    private final Store store;
    private final Told told;
    private final Way way;

    private StoreClient(Store store, Told told, Way way) {
        this.store = store;
        this.told = told;
        this.way = way;
    }

    /// Bound to one node, the same for the whole thread.
    static StoreClient bound(Stores stores, List<Endpoint> endpoints, Worker worker, Way way) {
        int node = worker.thread() % endpoints.size();
        return new StoreClient(stores.open(endpoints, new Stores.Reach.Only(node)), new Told(Evidence.from(endpoints.get(node).node())), way);
    }

    /// Most are bound to one node each; every fourth goes where the client library sends it, so that its retries and its
    /// knowledge of leaders are tried too.
    static StoreClient mostlyBound(Stores stores, List<Endpoint> endpoints, Worker worker, Way way) {
        if (worker.thread() % 4 != 3) return bound(stores, endpoints, worker, way);
        return new StoreClient(stores.open(endpoints, new Stores.Reach.Any()), new Told(Evidence.NONE), way);
    }

    /// From node to node, call by call.
    static StoreClient wandering(Stores stores, List<Endpoint> endpoints, Worker worker, Way way) {
        return new StoreClient(stores.open(endpoints, new Stores.Reach.InTurn(worker.thread())), new Told(Evidence.NONE), way);
    }

    @Override
    public Completion invoke(Invocation invocation) {
        return way.invoke(store, told, invocation);
    }

    @Override
    public void close() {
        store.close();
    }

    /// The whole number that an invocation carries.
    static long number(Invocation invocation) {
        if (invocation.value() instanceof Value.Whole(long number)) return number;
        throw unknown(invocation);
    }

    /// What is kept as a number, or NIL if nothing is there.
    static Value value(Optional<Store.Found> found) {
        return found.<Value>map(StoreClient::value).orElse(Value.NIL);
    }

    static Value values(List<Store.Found> found) {
        return new Value.Items(found.stream().map(StoreClient::value).toList());
    }

    private static Value value(Store.Found found) {
        return Value.of(Long.parseLong(found.text()));
    }

    static IllegalArgumentException unknown(Invocation invocation) {
        return new IllegalArgumentException("this workload knows no function " + invocation.function());
    }
}
