package io.engram.jepsen.workload;

import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.StoreException;
import io.engram.jepsen.store.Stores;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/// One process that streams into its thread's session, from where the session is durable.
final class SessionStreamClient implements WorkloadClient {
    /// What all processes of a run share.
    ///
    /// @param acknowledged by thread: how far its session was acknowledged, to whichever process
    record Ground(Stores stores, String space, AtomicLongArray acknowledged) {}

    private final Ground ground;
    private final List<Endpoint> endpoints;
    private final Worker worker;
    private final String session;
    private int connections;
    private Store store;
    private Told told = new Told(Evidence.NONE);
    private Store.@Nullable Numbered stream;
    private long last;

    SessionStreamClient(Ground ground, List<Endpoint> endpoints, Worker worker) {
        this.ground = ground;
        this.endpoints = endpoints;
        this.worker = worker;
        this.session = "s" + worker.thread();
        this.store = connect();
    }

    @Override
    public Completion invoke(Invocation invocation) {
        return switch (invocation.function()) {
            case "send" -> send(invocation);
            case "reconnect" -> reconnect(invocation);
            case "read" -> told.read(invocation, () -> store.list(ground.space(), "s"), SessionStreamClient::bySession);
            default -> throw StoreClient.unknown(invocation);
        };
    }

    private Completion send(Invocation invocation) {
        if (!(invocation.value() instanceof Value.Whole(long count))) throw StoreClient.unknown(invocation);
        Store.Numbered open;
        try {
            open = stream == null ? open() : stream;
        } catch (StoreException e) {
            return Completion.fail(invocation.value(), told.asked(), e.reason());
        }
        long from = last + 1;
        long to = last + count;
        Value range = fields(Map.entry("from", Value.of(from)), Map.entry("to", Value.of(to)));
        try {
            // What a number carries follows from the number, so that the next process can send it again as it was.
            open.send(from, LongStream.rangeClosed(from, to).mapToObj(n -> new Store.Note(key(n), session + ":" + n)).toList());
        } catch (StoreException e) {
            return Completion.info(range, told.asked(), e.reason());
        }
        last = to;
        ground.acknowledged().set(worker.thread(), to);
        return Completion.ok(range, told.asked());
    }

    private Completion reconnect(Invocation invocation) {
        Store.Numbered oldStream = stream;
        Store oldStore = store;
        stream = null;
        store = connect();
        try {
            Store.Numbered open = open();
            return Completion.ok(fields(Map.entry("durable", Value.of(open.durableThrough()))), told.asked());
        } catch (StoreException e) {
            return Completion.fail(invocation.value(), told.asked(), e.reason());
        } finally {
            if (oldStream != null) oldStream.close();
            oldStore.close();
        }
    }

    private Store.Numbered open() {
        Store.Numbered open = store.session(new Store.Name(ground.space(), session), ground.acknowledged().get(worker.thread()));
        stream = open;
        last = open.durableThrough();
        return open;
    }

    /// From node to node with each connection; every fourth may go where the client library likes.
    private Store connect() {
        int turn = worker.thread() + worker.predecessors() + connections++;
        if (turn % 4 == 3) {
            told = new Told(Evidence.NONE);
            return ground.stores().open(endpoints, new Stores.Reach.Any());
        }
        int node = turn % endpoints.size();
        told = new Told(Evidence.from(endpoints.get(node).node()));
        return ground.stores().open(endpoints, new Stores.Reach.Only(node));
    }

    @Override
    public void close() {
        Store.Numbered open = stream;
        if (open != null) open.close();
        store.close();
    }

    private String key(long number) {
        return String.format("%s/%09d", session, number);
    }

    @SafeVarargs
    private Value fields(Map.Entry<String, Value>... rest) {
        Map<String, Value> entries = new LinkedHashMap<>();
        entries.put("session", Value.of(session));
        for (Map.Entry<String, Value> entry : rest) entries.put(entry.getKey(), entry.getValue());
        return new Value.Fields(entries);
    }

    private static Value bySession(List<Store.Found> all) {
        Map<String, List<Value>> sessions = new TreeMap<>();
        for (Store.Found found : all) {
            int colon = found.text().indexOf(':');
            long number = Long.parseLong(found.text().substring(colon + 1));
            sessions.computeIfAbsent(found.text().substring(0, colon), s -> new ArrayList<>())
                    .add(Value.items(Value.of(number), Value.of(found.shard()), Value.of(found.position())));
        }
        Map<String, Value> entries = new LinkedHashMap<>();
        sessions.forEach((name, numbers) -> entries.put(name, new Value.Items(numbers)));
        return new Value.Fields(entries);
    }
}
