package io.engram.client;

import com.google.common.hash.Hashing;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;

/// Who leads the shard of a key, as far as answers have told: a hint that saves a hop between nodes, never relied on.
///
/// A key's shard is its hash modulo the space's number of shards, which the client need not know: it notes the shard for the
/// hash modulo 840, a multiple of every number up to 8 and of many above.
final class Leaders {
    private static final int SLOTS = 840;
    private static final int MAX_SPACES = 256;

    private final Map<String, AtomicIntegerArray> shardsBySpace = new ConcurrentHashMap<>();
    private final Map<Integer, String> leaders = new ConcurrentHashMap<>();

    record Place(String space, String key) {
        private int slot() {
            int hash = Hashing.murmur3_32_fixed().hashString(key, StandardCharsets.UTF_8).asInt();
            return Integer.remainderUnsigned(hash, SLOTS);
        }
    }

    /// Name of the node.
    Optional<String> leader(Place place) {
        AtomicIntegerArray shards = shardsBySpace.get(place.space());
        if (shards == null) return Optional.empty();
        int shard = shards.get(place.slot()) - 1; // 0 is "not known"
        return shard < 0 ? Optional.empty() : Optional.ofNullable(leaders.get(shard));
    }

    void lies(Place place, int shard) {
        AtomicIntegerArray shards = shardsBySpace.get(place.space());
        if (shards == null) {
            if (shardsBySpace.size() >= MAX_SPACES) return;
            shards = shardsBySpace.computeIfAbsent(place.space(), name -> new AtomicIntegerArray(SLOTS));
        }
        shards.set(place.slot(), shard + 1);
    }

    void answered(Proof proof) {
        for (ShardProof shard : proof.shards())
            if (shard.freshness() == Freshness.FENCED_LEADER) leaders.put(shard.applied().shard(), proof.node());
    }

    void told(ClusterStatus status) {
        for (ClusterStatus.Member member : status.members())
            for (ClusterStatus.Replica replica : member.replicas())
                if (replica.role() == ClusterStatus.Role.LEADER) leaders.put(replica.shard(), member.node());
    }
}
