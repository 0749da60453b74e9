package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import io.engram.jepsen.history.Value;
import io.engram.jepsen.store.Store;
import io.engram.jepsen.store.Stores;
import java.util.List;
import java.util.stream.IntStream;

/// The same few keys in several spaces, at once: what is written in one is never seen in another. Every value names its space.
final class SpacesWorkload extends SpacedWorkload {
    static final String NAME = "spaces";
    private static final int SPACES = 4;
    private static final int SLOTS = 12;

    private final String prefix;

    /// @param prefix of the spaces' names
    SpacesWorkload(Stores stores, String prefix, List<Checker> checkers) {
        super(NAME, stores, IntStream.range(0, SPACES).mapToObj(n -> prefix + n).toList(), checkers);
        this.prefix = prefix;
    }

    @Override
    public WorkloadClient connect(List<Endpoint> endpoints, Worker worker) {
        return StoreClient.mostlyBound(stores, endpoints, worker, SpacesWorkload::invoke);
    }

    @Override
    public Generator generator() {
        return Generator.counted((n, random) -> {
            String space = prefix + random.nextInt(SPACES);
            return random.nextInt(10) < 6 ? new Invocation("write", space, Value.of(space + ":" + n)) : new Invocation("list", space, Value.NIL);
        });
    }

    @Override
    public Generator closing() {
        return Generator.eachThread(Generator.counted((n, random) -> new Invocation("list", prefix + n, Value.NIL)).limit(SPACES));
    }

    private static Completion invoke(Store store, Told told, Invocation invocation) {
        String space = String.valueOf(invocation.key());
        return switch (invocation.function()) {
            case "write" -> {
                if (!(invocation.value() instanceof Value.Text(String text))) throw StoreClient.unknown(invocation);
                String key = "slot" + Math.floorMod(text.hashCode(), SLOTS);
                yield told.write(invocation, () -> store.put(new Store.Name(space, key), text, new Store.When.Always()));
            }
            case "list" -> told.read(invocation, () -> store.list(space, "slot"), found -> new Value.Items(
                    found.stream().<Value>map(f -> Value.of(f.text())).toList()));
            default -> throw StoreClient.unknown(invocation);
        };
    }
}
