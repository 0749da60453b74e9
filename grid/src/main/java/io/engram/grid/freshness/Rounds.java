package io.engram.grid.freshness;

import io.engram.grid.log.MonotonicClock;
import io.engram.grid.log.ShardId;
import io.engram.grid.log.Timers;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// Turns many requests into few rounds of questions. A request never joins a round that has already been sent, since what that
/// round proves began before the request did: it waits for the next one, which goes out as soon as the one under way is over.
///
/// A round that hangs on a silent peer does not hold up the others for longer than [#OVERLAP]; at most [#MOST_UNDER_WAY] are
/// under way at once. Safe for use by many threads.
final class Rounds {
    /// Some round trips of a healthy network: long enough to share rounds, short enough not to be felt.
    static final Duration OVERLAP = Duration.ofMillis(25);

    static final int MOST_UNDER_WAY = 8;

    private final MonotonicClock clock;
    private final Timers timers;
    private final Consumer<Map<ShardId, CompletableFuture<Fenced>>> round;
    private final Object lock = new Object();
    private Map<ShardId, CompletableFuture<Fenced>> waiting = new LinkedHashMap<>();
    private int underWay;
    private long newestBegan;
    private boolean woken;

    /// @param round sends the questions, and completes each of the futures within a limit of its own
    Rounds(MonotonicClock clock, Timers timers, Consumer<Map<ShardId, CompletableFuture<Fenced>>> round) {
        this.clock = clock;
        this.timers = timers;
        this.round = round;
    }

    CompletableFuture<Fenced> join(ShardId shard) {
        return join(List.of(shard)).values().iterator().next();
    }

    /// What the next round finds out about these shards. The futures are shared: do not complete them.
    Map<ShardId, CompletableFuture<Fenced>> join(Collection<ShardId> shards) {
        Map<ShardId, CompletableFuture<Fenced>> joined = new LinkedHashMap<>();
        synchronized (lock) {
            for (ShardId shard : shards) joined.put(shard, waiting.computeIfAbsent(shard, s -> new CompletableFuture<>()));
        }
        beginIfDue();
        return joined;
    }

    private void beginIfDue() {
        Map<ShardId, CompletableFuture<Fenced>> next;
        synchronized (lock) {
            if (waiting.isEmpty()) return;
            long now = clock.nanos();
            long early = underWay == 0 ? 0 : OVERLAP.toNanos() - (now - newestBegan);
            if (underWay >= MOST_UNDER_WAY || early > 0) {
                if (underWay < MOST_UNDER_WAY && !woken) {
                    woken = true;
                    timers.after(Duration.ofNanos(early), this::wake);
                }
                return;
            }
            next = waiting;
            waiting = new LinkedHashMap<>();
            underWay++;
            newestBegan = now;
        }
        var _ = CompletableFuture.allOf(next.values().toArray(CompletableFuture[]::new)).whenComplete((done, failure) -> end());
        try {
            round.accept(next);
        } catch (RuntimeException e) {
            // A round that could not even begin must end all the same, or nobody gets another one.
            next.values().forEach(result -> result.completeExceptionally(e));
        }
    }

    private void wake() {
        synchronized (lock) {
            woken = false;
        }
        beginIfDue();
    }

    private void end() {
        synchronized (lock) {
            underWay--;
        }
        beginIfDue();
    }
}
