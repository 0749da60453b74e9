package io.engram.grid.tier.hot;

import com.hazelcast.map.IMap;
import io.engram.grid.GridConfig;
import io.engram.grid.log.ShardId;
import io.engram.grid.memory.SpaceId;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/// The hot tier in an embedded Hazelcast member: one map for all spaces, a shard's records in one partition.
///
/// Every read ends by its limit; a shard that does not answer is not asked for a while. What comes back has proved by its
/// checksum that it is what was put there for that key, and nothing more: the caller compares versions.
public final class HazelcastHotTier implements HotTier {
    private static final long LARGEST_QUEUE_BYTES = 16 << 20;

    private final GridConfig grid;
    private final HotMember member;
    private final HotCounts counts = new HotCounts();
    private final ShardBreakers reads;
    private final ShardBreakers changes;
    private final OfferQueue queue;
    private final Sender sender;

    private HazelcastHotTier(GridConfig grid, HotMember member) {
        this.grid = grid;
        this.member = member;
        reads = new ShardBreakers("hot-read", grid.shards());
        changes = new ShardBreakers("hot-change", grid.shards());
        queue = new OfferQueue(Math.min(LARGEST_QUEUE_BYTES, Math.max(1 << 20, grid.hot().maxBytes() / 4)));
        sender = new Sender(grid.self().value(), queue, member::map, changes, counts);
    }

    /// Returns at once. The tier is `down` until its member has started; if it cannot start, that is tried again for as
    /// long as the tier is open.
    public static HotTier open(GridConfig grid) {
        return grid.hot().enabled() ? open(grid, HotMember.start(grid)) : new NoHotTier();
    }

    static HazelcastHotTier open(GridConfig grid, HotMember member) {
        return new HazelcastHotTier(grid, member);
    }

    /// The map itself, so that tests can meddle with it behind the tier's back.
    @Nullable IMap<GridKey, Object> map() {
        return member.map();
    }

    private record Asked(int shard, List<HotKey> keys, CompletableFuture<Map<GridKey, Object>> answer) {}

    @Override
    public Map<HotKey, HotRecord> get(List<HotKey> keys, Duration limit) {
        Map<HotKey, HotRecord> found = new HashMap<>();
        IMap<GridKey, Object> map = member.map();
        if (map != null) {
            long end = System.nanoTime() + limit.toNanos();
            for (Asked asked : ask(map, keys)) collect(asked, end, found);
        }
        counts.hits.add(found.size());
        counts.misses.add(Math.max(0, keys.size() - found.size()));
        return found;
    }

    private List<Asked> ask(IMap<GridKey, Object> map, List<HotKey> keys) {
        Map<Integer, List<HotKey>> byShard = new HashMap<>();
        for (HotKey key : keys) byShard.computeIfAbsent(key.shard().value(), shard -> new ArrayList<>()).add(key);
        List<Asked> asked = new ArrayList<>();
        byShard.forEach((shard, ofShard) -> {
            CircuitBreaker breaker = reads.of(shard);
            if (!breaker.tryAcquirePermission()) {
                counts.refused.add(ofShard.size());
                return;
            }
            try {
                asked.add(new Asked(shard, ofShard, submit(map, ofShard)));
            } catch (RuntimeException e) {
                breaker.onError(0, TimeUnit.NANOSECONDS, e);
                counts.failures.add(ofShard.size());
            }
        });
        return asked;
    }

    private static CompletableFuture<Map<GridKey, Object>> submit(IMap<GridKey, Object> map, List<HotKey> keys) {
        if (keys.size() == 1) {
            GridKey key = GridKey.of(keys.getFirst());
            return map.getAsync(key)
                    .toCompletableFuture()
                    .thenApply(value -> value == null ? Map.of() : Map.of(key, value));
        }
        HashSet<GridKey> all = new HashSet<>();
        for (HotKey key : keys) all.add(GridKey.of(key));
        return map.submitToKeys(all, new Fetch()).toCompletableFuture();
    }

    private void collect(Asked asked, long end, Map<HotKey, HotRecord> found) {
        CircuitBreaker breaker = reads.of(asked.shard);
        try {
            Map<GridKey, Object> values =
                    asked.answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
            breaker.onSuccess(0, TimeUnit.NANOSECONDS);
            for (HotKey key : asked.keys) open(key, values, found);
        } catch (TimeoutException e) {
            breaker.onError(0, TimeUnit.NANOSECONDS, e);
            counts.timeouts.add(asked.keys.size());
        } catch (ExecutionException e) {
            breaker.onError(0, TimeUnit.NANOSECONDS, e);
            counts.failures.add(asked.keys.size());
        } catch (InterruptedException e) {
            breaker.releasePermission();
            Thread.currentThread().interrupt();
        }
    }

    private void open(HotKey key, Map<GridKey, Object> values, Map<HotKey, HotRecord> found) {
        GridKey gridKey = GridKey.of(key);
        Object value = values.get(gridKey);
        if (value == null) return;
        HotRecord record = Envelope.open(gridKey, value);
        if (record == null) counts.malformed.increment();
        else found.put(key, record);
    }

    @Override
    public void offer(HotKey key, HotRecord record) {
        GridKey gridKey = GridKey.of(key);
        add(gridKey, new Change(record.version(), Envelope.seal(gridKey, record.version(), record.bytes())));
    }

    @Override
    public void drop(HotKey key, long version) {
        add(GridKey.of(key), new Change(version, null));
    }

    private void add(GridKey key, Change change) {
        if (!queue.add(key, change)) counts.dropped.increment();
    }

    @Override
    public void dropSpace(SpaceId space, List<ShardId> shards) {
        for (ShardId shard : shards)
            if (!queue.addSpace(new OfferQueue.SpaceOfShard(shard.value(), space.value()))) counts.dropped.increment();
    }

    @Override
    public Health health() {
        HotMember.Figures now = member.figures();
        String fault = now.fault();
        if (fault != null) return new Health("down", fault, 0, 0, 0);
        List<String> faults = new ArrayList<>();
        int expected = grid.members().size();
        if (now.members() < expected) faults.add(now.members() + " of " + expected + " members");
        if (!reads.open().isEmpty()) faults.add("no answer from shards " + reads.open());
        if (!changes.open().isEmpty()) faults.add("no changes to shards " + changes.open());
        return new Health(
                faults.isEmpty() ? "up" : "degraded", String.join("; ", faults), now.members(), now.entries(), now.bytes());
    }

    @Override
    public Counts counts() {
        return counts.read();
    }

    /// Ends within some seconds. What waits to be sent is given up: it is a cache.
    @Override
    public void close() {
        sender.close();
        member.close();
    }
}
