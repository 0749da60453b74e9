package io.engram.grid.tier.hot;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import com.hazelcast.map.IMap;
import io.engram.grid.tier.hot.HotTier.HotKey;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import java.util.List;
import java.util.Optional;

/// Reaches into the grid behind the hot tier's back, as a bug, a stranger or a healed split might.
public final class Meddling {
    private final String cluster;

    /// @param cluster name of the grid's cluster
    public Meddling(String cluster) {
        this.cluster = cluster;
    }

    private List<HazelcastInstance> members() {
        return Hazelcast.getAllHazelcastInstances().stream()
                .filter(member -> member.getName().contains(cluster))
                .toList();
    }

    private IMap<GridKey, Object> map() {
        return members().getFirst().getMap(MemberSettings.MAP);
    }

    public Optional<HotRecord> peek(HotKey key) {
        GridKey there = GridKey.of(key);
        return Optional.ofNullable(Envelope.open(there, map().get(there)));
    }

    /// A sound envelope with whatever inside.
    public void put(HotKey key, long version, byte[] content) {
        GridKey there = GridKey.of(key);
        map().set(there, Envelope.seal(there, version, content));
    }

    /// Another key's envelope, as it stands.
    public void copy(HotKey from, HotKey to) {
        map().set(GridKey.of(to), map().get(GridKey.of(from)));
    }

    public void put(HotKey key, Object value) {
        map().set(GridKey.of(key), value);
    }

    /// All members end without a word to the others.
    public void terminateAll() {
        members().forEach(member -> member.getLifecycleService().terminate());
    }
}
