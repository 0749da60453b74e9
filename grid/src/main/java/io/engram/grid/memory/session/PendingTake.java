package io.engram.grid.memory.session;

import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import io.engram.grid.memory.session.Ingest.Rejected;
import io.engram.grid.memory.session.Ingest.Taken;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;

/// One call of [Ingest#take] that is under way. Guarded by the stream's lock.
final class PendingTake {
    private final long first;
    private final long last;
    private final CompletableFuture<Taken> answer = new CompletableFuture<>();
    private final Map<Long, Rejected> rejections = new TreeMap<>();
    private final Map<ShardId, Long> positions = new TreeMap<>();
    private Timers.Timer timer = () -> {};

    PendingTake(long first, long last) {
        this.first = first;
        this.last = last;
    }

    long last() {
        return last;
    }

    int size() {
        return (int) (last - first + 1);
    }

    CompletableFuture<Taken> answer() {
        return answer;
    }

    void timer(Timers.Timer running) {
        timer = running;
    }

    void stopTimer() {
        timer.cancel();
    }

    void reached(ShardId shard, long position) {
        positions.merge(shard, position, Math::max);
    }

    /// Whether the number belongs to this call.
    boolean rejected(Rejected rejected) {
        if (rejected.number() < first || rejected.number() > last) return false;
        rejections.put(rejected.number(), rejected);
        return true;
    }

    Taken taken(long durableThrough) {
        List<Position> reached = new ArrayList<>();
        positions.forEach((shard, position) -> reached.add(new Position(shard, position)));
        List<Rejected> inOrder = rejections.values().stream().sorted(Comparator.comparingLong(Rejected::number)).toList();
        return new Taken(durableThrough, inOrder, reached);
    }
}
