package io.engram.grid.tier.hot;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Changes that wait to be sent, one per key, oldest first, bounded by bytes. Adding never blocks for longer than the
/// lock, which is held for map operations only.
final class OfferQueue {
    static final int BATCH_KEYS = 512;
    /// A batch of the largest records still takes little of a partition thread's time.
    private static final int BATCH_BYTES = 512 * 1024;
    private static final int SPACES = 256;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition arrived = lock.newCondition();
    private final Map<GridKey, Change> changes = new LinkedHashMap<>();
    private final Deque<SpaceOfShard> spaces = new ArrayDeque<>();
    private final long maxBytes;
    private long bytes;

    OfferQueue(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    record SpaceOfShard(int shard, long space) {}

    /// What one round sends: changes by shard, then a space to forget.
    record Batch(Map<Integer, Map<GridKey, Change>> changes, @Nullable SpaceOfShard space) {
        boolean isEmpty() {
            return changes.isEmpty() && space == null;
        }
    }

    /// False: there is no room, the change is given up.
    boolean add(GridKey key, Change change) {
        lock.lock();
        try {
            Change waiting = changes.get(key);
            if (waiting != null && waiting.version() > change.version()) return true;
            long after = bytes + change.bytes(key) - (waiting == null ? 0 : waiting.bytes(key));
            if (after > maxBytes) return false;
            changes.put(key, change);
            bytes = after;
            arrived.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// False: there is no room; the entries stay until they are evicted.
    boolean addSpace(SpaceOfShard space) {
        lock.lock();
        try {
            for (Iterator<Map.Entry<GridKey, Change>> i = changes.entrySet().iterator(); i.hasNext(); ) {
                Map.Entry<GridKey, Change> next = i.next();
                if (next.getKey().space() != space.space() || next.getKey().shard() != space.shard()) continue;
                bytes -= next.getValue().bytes(next.getKey());
                i.remove();
            }
            if (spaces.contains(space)) return true;
            if (spaces.size() >= SPACES) return false;
            spaces.add(space);
            arrived.signal();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /// Empty if nothing has come within `wait`.
    Batch take(Duration wait) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = wait.toNanos();
            while (changes.isEmpty() && spaces.isEmpty() && left > 0) left = arrived.awaitNanos(left);
            Map<Integer, Map<GridKey, Change>> batch = new HashMap<>();
            int keys = 0;
            long taken = 0;
            for (Iterator<Map.Entry<GridKey, Change>> i = changes.entrySet().iterator(); i.hasNext(); ) {
                Map.Entry<GridKey, Change> next = i.next();
                int size = next.getValue().bytes(next.getKey());
                if (keys == BATCH_KEYS || (keys > 0 && taken + size > BATCH_BYTES)) break;
                batch.computeIfAbsent(next.getKey().shard(), shard -> new HashMap<>()).put(next.getKey(), next.getValue());
                keys++;
                taken += size;
                i.remove();
            }
            bytes -= taken;
            return new Batch(batch, spaces.poll());
        } finally {
            lock.unlock();
        }
    }
}
