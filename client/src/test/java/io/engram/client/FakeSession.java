package io.engram.client;

import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/// What the cluster knows of one session: like the real one, it may have recorded numbers above the durable mark. Guarded by the
/// cluster.
final class FakeSession {
    /// By number, as first recorded.
    final TreeMap<Long, io.engram.v1.Observation> recorded = new TreeMap<>();
    final TreeMap<Long, io.engram.v1.Rejection> rejections = new TreeMap<>();
    /// What a client must never do: gaps, other content on resending, more than its credit.
    final List<String> violations = new CopyOnWriteArrayList<>();
    long durable;
    int opened;
    int resent;
    int mostInFlight;
    @Nullable FakeStream stream;

    long taken() {
        return Math.max(durable, recorded.isEmpty() ? 0 : recorded.lastKey());
    }
}
