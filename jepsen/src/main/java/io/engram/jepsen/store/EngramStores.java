package io.engram.jepsen.store;

import io.engram.client.AlreadyExistsException;
import io.engram.client.Engram;
import io.engram.client.EngramBuilder;
import io.engram.client.EngramException;
import io.engram.client.SpaceSettings;
import io.engram.client.WriteOptions;
import io.engram.jepsen.workload.Endpoint;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// Opens Engram's own client, a connection of its own for each store.
public final class EngramStores implements Stores {
    /// A process that hangs for longer tells nothing more.
    static final Duration DEADLINE = Duration.ofSeconds(5);
    /// What is under way then belongs to a process that has ended.
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final Duration PREPARE = Duration.ofSeconds(60);

    static final int DIMENSION = 8;

    private final Duration deadline;

    public EngramStores() {
        this(DEADLINE);
    }

    /// @param deadline of each call
    public EngramStores(Duration deadline) {
        this.deadline = deadline;
    }

    @Override
    public void prepare(List<Endpoint> endpoints, List<String> spaces) {
        try (Engram engram = builder(endpoints).connect()) {
            for (String space : spaces) {
                try {
                    engram.spaces().create(SpaceSettings.named(space, DIMENSION), WriteOptions.defaults().deadline(PREPARE));
                } catch (AlreadyExistsException itIsThere) {
                    // Made by an earlier attempt whose answer was lost.
                }
            }
        } catch (EngramException e) {
            throw new IllegalStateException("could not create the spaces " + spaces + ": " + e.getMessage(), e);
        }
    }

    @Override
    public Store open(List<Endpoint> endpoints, Reach reach) {
        return switch (reach) {
            case Reach.Only(int node) -> {
                List<Endpoint> one = List.of(endpoints.get(node % endpoints.size()));
                yield new EngramStore(List.of(builder(one).discoverMembers(false).connect()), one);
            }
            case Reach.Any any -> new EngramStore(List.of(builder(endpoints).connect()), List.of());
            case Reach.InTurn(int first) -> {
                List<Endpoint> turned = new ArrayList<>(endpoints);
                java.util.Collections.rotate(turned, -(first % endpoints.size()));
                yield new EngramStore(turned.stream().map(e -> builder(List.of(e)).discoverMembers(false).connect()).toList(), turned);
            }
        };
    }

    private EngramBuilder builder(List<Endpoint> endpoints) {
        return Engram.builder().endpoints(endpoints.stream().map(Endpoint::address).toList()).deadline(deadline).closeTimeout(CLOSE);
    }
}
