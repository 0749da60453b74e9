package io.engram.jepsen.store;

import io.engram.client.Answer;
import io.engram.client.CausalSession;
import io.engram.client.ClusterStatus;
import io.engram.client.Consistency;
import io.engram.client.Engram;
import io.engram.client.EngramException;
import io.engram.client.ListQuery;
import io.engram.client.Match;
import io.engram.client.Memory;
import io.engram.client.MemorySpace;
import io.engram.client.NotFoundException;
import io.engram.client.Observation;
import io.engram.client.Page;
import io.engram.client.Position;
import io.engram.client.Proof;
import io.engram.client.ReadOptions;
import io.engram.client.RecallQuery;
import io.engram.client.ShardProof;
import io.engram.client.WriteCondition;
import io.engram.client.WriteOptions;
import io.engram.client.Written;
import io.engram.jepsen.history.Evidence;
import io.engram.jepsen.workload.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// One or more connections to Engram, used in turn.
final class EngramStore implements Store {
    private static final int PAGE = 1_000;

    private final List<Engram> connections;
    private final List<Endpoint> nodes;
    private final CausalSession seen = CausalSession.fresh();
    private int turn = -1;

    /// @param nodes that the connections are bound to, one for each; empty if there is one connection to all
    EngramStore(List<Engram> connections, List<Endpoint> nodes) {
        this.connections = connections;
        this.nodes = nodes;
    }

    @Override
    public Seen<Optional<Found>> get(Name name, Wanted wanted) {
        MemorySpace space = wanted instanceof Wanted.Causal ? next(name.space()).in(seen) : next(name.space());
        ReadOptions options = switch (wanted) {
            case Wanted.Linearizable l -> ReadOptions.at(Consistency.linearizable());
            case Wanted.Bounded(var staleness) -> ReadOptions.at(Consistency.bounded(staleness));
            case Wanted.Causal c -> ReadOptions.defaults();
        };
        return call(() -> {
            Answer<Optional<Memory>> answer;
            try {
                answer = space.get(name.key(), options).map(Optional::of);
            } catch (NotFoundException absent) {
                // Its proof is not told with the error; asked for as a batch of one, it is.
                if (!absent.reason().equals("MEMORY_NOT_FOUND")) throw absent;
                answer = space.find(name.key(), options);
            }
            return new Seen<>(answer.value().map(EngramStore::found), evidence(answer.proof(), answer.value().map(Memory::version).orElse(0L)));
        });
    }

    @Override
    public Evidence put(Name name, String text, When when) {
        MemorySpace space = next(name.space()).in(seen);
        WriteCondition condition = switch (when) {
            case When.Always a -> WriteCondition.none();
            case When.VersionIs(long version) -> WriteCondition.version(version);
        };
        return call(() -> {
            Written written = space.put(observation(name.key(), text), WriteOptions.defaults().when(condition));
            return written(written.position(), written.version());
        });
    }

    @Override
    public Evidence forget(Name name) {
        MemorySpace space = next(name.space()).in(seen);
        return call(() -> {
            var forgotten = space.forget(name.key());
            return written(forgotten.position(), forgotten.position().index());
        });
    }

    @Override
    public Seen<List<Found>> list(String space, String prefix) {
        MemorySpace from = next(space);
        ListQuery query = ListQuery.prefix(prefix).pageSize(PAGE);
        return call(() -> {
            List<Found> all = new ArrayList<>();
            Optional<String> token = Optional.empty();
            Proof proof;
            do {
                Answer<Page<Memory>> page = from.page(query, token, ReadOptions.at(Consistency.linearizable()));
                page.value().items().forEach(m -> all.add(found(m)));
                token = page.value().nextToken();
                proof = page.proof();
            } while (token.isPresent());
            return new Seen<>(all, evidence(proof, null));
        });
    }

    @Override
    public Seen<List<Found>> recall(Name like, int k) {
        MemorySpace from = next(like.space());
        RecallQuery query = RecallQuery.vector(KeyVector.of(like.key(), EngramStores.DIMENSION)).k(k);
        return call(() -> {
            var answer = from.recall(query, ReadOptions.at(Consistency.linearizable()));
            return new Seen<>(answer.value().matches().stream().map(Match::memory).map(EngramStore::found).toList(), evidence(answer.proof(), null));
        });
    }

    @Override
    public Numbered session(Name session, long acknowledgedThrough) {
        MemorySpace space = next(session.space());
        return call(() -> EngramNumbered.open(space, session.key(), acknowledgedThrough));
    }

    @Override
    public void close() {
        connections.forEach(Engram::close);
    }

    private MemorySpace next(String space) {
        turn = (turn + 1) % connections.size();
        return connections.get(turn).space(space);
    }

    static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (EngramException e) {
            throw Certainty.of(e);
        }
    }

    static Observation observation(String key, String text) {
        return Observation.builder(text).key(key).vector(KeyVector.of(key, EngramStores.DIMENSION)).build();
    }

    private static Found found(Memory memory) {
        return new Found(memory.key(), memory.text(), memory.version(), memory.position().shard(), memory.position().index());
    }

    /// Who led the write is not told; who was asked is known if it could be one only.
    private Evidence written(Position position, long version) {
        String asked = nodes.isEmpty() ? null : nodes.get(turn).node();
        return new Evidence(asked, null, position.shard(), position.index(), version, null);
    }

    private static Evidence evidence(Proof proof, @Nullable Long version) {
        if (proof.shards().size() != 1) return new Evidence(proof.node(), null, null, null, version, proof.staleness().orElse(null));
        ShardProof shard = proof.shards().getFirst();
        return new Evidence(proof.node(), role(shard.role()), shard.applied().shard(), shard.applied().index(), version, shard.staleness().orElse(null));
    }

    private static @Nullable String role(ClusterStatus.Role role) {
        return switch (role) {
            case LEADER -> "leader";
            case FOLLOWER -> "follower";
            case CANDIDATE -> "candidate";
            // A replica that is stopped answers no reads.
            case STOPPED, UNKNOWN -> null;
        };
    }
}
