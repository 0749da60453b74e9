package io.engram.jepsen.run;

import io.engram.client.ClusterStatus;
import io.engram.client.Engram;
import io.engram.client.EngramException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/// Asks Engram's nodes for their status.
public final class EngramProbe implements Probe {
    private static final Duration ANSWER = Duration.ofSeconds(10);

    private final Supplier<String> endpoints;

    /// @param endpoints of all nodes, as the client takes them
    public EngramProbe(Supplier<String> endpoints) {
        this.endpoints = endpoints;
    }

    @Override
    public Optional<Digests> digests() {
        return ask(engram -> {
            ClusterStatus status = engram.cluster().statusWithDigests();
            Map<Integer, Map<String, Digests.State>> states = new TreeMap<>();
            for (ClusterStatus.Member member : status.members())
                for (ClusterStatus.Replica replica : member.replicas())
                    replica.digest().ifPresent(digest -> states.computeIfAbsent(replica.shard(), s -> new TreeMap<>())
                            .put(member.node(), new Digests.State(replica.applied().index(), digest)));
            return new Digests(states, status.shards() * status.replication());
        });
    }

    @Override
    public String version() {
        return ask(engram -> engram.cluster().status().members().stream()
                        .map(ClusterStatus.Member::version)
                        .filter(version -> !version.isEmpty())
                        .distinct()
                        .sorted()
                        .reduce("", (a, b) -> a.isEmpty() ? b : a + ", " + b))
                .orElse("");
    }

    private <T> Optional<T> ask(Function<Engram, T> question) {
        try (Engram engram = Engram.builder().endpoints(endpoints.get()).deadline(ANSWER).closeTimeout(Duration.ofSeconds(1)).connect()) {
            return Optional.of(question.apply(engram));
        } catch (EngramException nobodyAnswered) {
            return Optional.empty();
        }
    }
}
