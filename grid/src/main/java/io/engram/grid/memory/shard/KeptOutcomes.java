package io.engram.grid.memory.shard;

import com.google.common.hash.Hashing;
import com.google.protobuf.ByteString;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.wire.Outcome;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/// The idempotency table: outcomes of unary writes, for a window of log time. Only for the thread that applies the log.
///
/// Bounded by refusing new writes, never by forgetting early. A space may keep up to [#SHARE] times what is still free, so that
/// there is always room for others (dynamic thresholds: Choudhury and Hahne, Dynamic queue length thresholds, 1998).
final class KeptOutcomes implements Iterable<KeptOutcomes.Kept> {
    /// One busy space alone can take 8/9 of the table, two 8/17 each.
    private static final long SHARE = 8;

    /// @param about the memory key, or the name of the space for commands to the catalog (space 0)
    record Scope(SpaceId space, String about, ByteString key) {}

    record Kept(Scope scope, long fingerprint, ByteString outcome, long atMs) {
        long digest() {
            return Hashing.murmur3_128().newHasher()
                    .putLong(scope.space.value())
                    .putInt(scope.about.length())
                    .putUnencodedChars(scope.about)
                    .putInt(scope.key.size())
                    .putBytes(scope.key.toByteArray())
                    .putLong(fingerprint)
                    .putBytes(outcome.toByteArray())
                    .putLong(atMs)
                    .hash()
                    .asLong();
        }
    }

    private final long windowMs;
    private final int capacity;
    private final Map<Scope, Kept> byScope = new HashMap<>();
    private final Queue<Kept> oldestFirst = new ArrayDeque<>();
    private final Map<SpaceId, Integer> perSpace = new HashMap<>();
    private long digest;

    KeptOutcomes(long windowMs, int capacity) {
        this.windowMs = windowMs;
        this.capacity = capacity;
    }

    @Nullable Kept find(Scope scope) {
        return byScope.get(scope);
    }

    boolean hasRoomFor(SpaceId space) {
        long free = (long) capacity - byScope.size();
        return free > 0 && perSpace.getOrDefault(space, 0) < SHARE * free;
    }

    void keep(Scope scope, long fingerprint, Outcome outcome, long nowMs) {
        add(new Kept(scope, fingerprint, outcome.toByteString(), nowMs));
    }

    void add(Kept kept) {
        if (byScope.putIfAbsent(kept.scope(), kept) != null)
            throw new IllegalStateException("an outcome is kept already for " + kept.scope());
        oldestFirst.add(kept);
        perSpace.merge(kept.scope().space(), 1, Integer::sum);
        // A sum does not depend on the order, so that it can be kept up as entries come and go.
        digest += kept.digest();
    }

    /// Kept for the whole window, its last millisecond included: a command is refused only after its `not_after_ms`.
    void forgetBefore(long nowMs) {
        for (Kept oldest = oldestFirst.peek(); oldest != null && nowMs - oldest.atMs() > windowMs; oldest = oldestFirst.peek()) {
            oldestFirst.remove();
            byScope.remove(oldest.scope());
            perSpace.computeIfPresent(oldest.scope().space(), (space, count) -> count == 1 ? null : count - 1);
            digest -= oldest.digest();
        }
    }

    int size() {
        return byScope.size();
    }

    long digest() {
        return digest;
    }

    /// Oldest first.
    @Override
    public Iterator<Kept> iterator() {
        return oldestFirst.iterator();
    }
}
