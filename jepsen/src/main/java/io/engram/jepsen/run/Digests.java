package io.engram.jepsen.run;

import io.engram.jepsen.history.Value;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/// The state of every replica at one moment, as far as it could be asked.
///
/// @param states by shard, by node
/// @param replicas that there should be
public record Digests(Map<Integer, Map<String, State>> states, int replicas) {
    /// @param position up to where the replica had applied
    /// @param digest hash over its state there
    public record State(long position, String digest) {}

    public Digests {
        Map<Integer, Map<String, State>> copy = new TreeMap<>();
        states.forEach((shard, nodes) -> copy.put(shard, Collections.unmodifiableMap(new TreeMap<>(nodes))));
        states = Collections.unmodifiableMap(copy);
    }

    /// All replicas are there, and those of each shard are in the same state.
    boolean converged() {
        int seen = states.values().stream().mapToInt(Map::size).sum();
        return replicas > 0 && seen == replicas && states.values().stream().allMatch(nodes -> new HashSet<>(nodes.values()).size() == 1);
    }

    Value value() {
        Map<String, Value> shards = new LinkedHashMap<>();
        states.forEach((shard, nodes) -> {
            Map<String, Value> entries = new LinkedHashMap<>();
            nodes.forEach((node, state) -> entries.put(node, Value.of(state.position() + " " + state.digest())));
            shards.put(Integer.toString(shard), new Value.Fields(entries));
        });
        return new Value.Fields(shards);
    }
}
