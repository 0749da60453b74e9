package io.engram.jepsen.cluster;

import io.engram.client.ClusterStatus;
import io.engram.client.Engram;
import io.engram.client.EngramException;
import io.engram.client.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/// Asks a cluster, as any client could, which node leads how many shards.
public final class Leadership implements Supplier<Map<String, Integer>> {
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final Supplier<String> endpoints;

    /// @param endpoints of all nodes, asked each time
    public Leadership(Supplier<String> endpoints) {
        this.endpoints = endpoints;
    }

    /// Empty if no node answered.
    @Override
    public Map<String, Integer> get() {
        Map<String, Integer> led = new TreeMap<>();
        try (Engram engram = Engram.builder().endpoints(endpoints.get()).deadline(ANSWER).closeTimeout(ANSWER)
                .discoverMembers(false).retry(RetryPolicy.standard().attempts(4)).connect()) {
            for (ClusterStatus.Member member : engram.cluster().status().members())
                for (ClusterStatus.Replica replica : member.replicas())
                    if (replica.role() == ClusterStatus.Role.LEADER) led.merge(member.node(), 1, Integer::sum);
        } catch (EngramException nobodyAnswered) {
            return Map.of();
        }
        return led;
    }
}
