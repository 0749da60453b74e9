package io.engram.grid.tier.hot;

import com.hazelcast.map.IMap;
import com.hazelcast.query.Predicates;
import io.engram.grid.tier.hot.OfferQueue.SpaceOfShard;
import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The one thread that carries waiting changes into the grid, a batch for each shard at a time.
final class Sender implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Sender.class);
    /// A backup that does not answer is given up after one second; a shard that takes longer is not waited for.
    private static final Duration ROUND = Duration.ofMillis(1500);
    private static final Duration IDLE = Duration.ofMillis(500);

    private final OfferQueue queue;
    private final Supplier<@Nullable IMap<GridKey, Object>> grid;
    private final ShardBreakers breakers;
    private final HotCounts counts;
    private final Thread thread;
    private volatile boolean closing;

    Sender(
            String name, OfferQueue queue, Supplier<@Nullable IMap<GridKey, Object>> grid, ShardBreakers breakers,
            HotCounts counts) {
        this.queue = queue;
        this.grid = grid;
        this.breakers = breakers;
        this.counts = counts;
        thread = Thread.ofPlatform().name("hot-sender-" + name).daemon().start(this::run);
    }

    private record Sent(int shard, int changes, Future<?> answer) {}

    private void run() {
        while (!closing) {
            try {
                OfferQueue.Batch batch = queue.take(IDLE);
                if (!batch.isEmpty()) round(batch);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                // Whatever it is, it may cost a batch, but never the thread.
                log.warn("hot tier could not send a batch cause={}", e.toString());
            }
        }
    }

    private void round(OfferQueue.Batch batch) throws InterruptedException {
        IMap<GridKey, Object> map = grid.get();
        if (map == null) {
            batch.changes().values().forEach(changes -> counts.dropped.add(changes.size()));
            return;
        }
        List<Sent> sent = new ArrayList<>();
        for (Map.Entry<Integer, Map<GridKey, Change>> shard : batch.changes().entrySet()) {
            Map<GridKey, Change> changes = shard.getValue();
            submit(shard.getKey(), changes.size(), sent,
                    () -> map.submitToKeys(changes.keySet(), new Settle(changes)).toCompletableFuture());
        }
        SpaceOfShard space = batch.space();
        if (space != null) {
            settle(sent); // first what was offered before the space went
            sent.clear();
            submit(space.shard(), 1, sent, () -> removal(map, space));
        }
        settle(sent);
    }

    private void submit(int shard, int changes, List<Sent> sent, Supplier<Future<?>> call) {
        CircuitBreaker breaker = breakers.of(shard);
        if (!breaker.tryAcquirePermission()) {
            counts.dropped.add(changes);
            return;
        }
        try {
            sent.add(new Sent(shard, changes, call.get()));
        } catch (RuntimeException e) {
            breaker.onError(0, TimeUnit.NANOSECONDS, e);
            counts.sendFailures.add(changes);
        }
    }

    /// Hazelcast has no removal by predicate that does not block, so it gets a thread of its own, one at a time.
    private static Future<?> removal(IMap<GridKey, Object> map, SpaceOfShard space) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        Thread.ofVirtual().name("hot-drop-space").start(() -> {
            try {
                map.removeAll(Predicates.partitionPredicate(space.shard(), new OfSpace(space.space())));
                done.complete(null);
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
            }
        });
        return done;
    }

    private void settle(List<Sent> sent) throws InterruptedException {
        long end = System.nanoTime() + ROUND.toNanos();
        for (Sent each : sent) {
            CircuitBreaker breaker = breakers.of(each.shard);
            try {
                each.answer.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
                breaker.onSuccess(0, TimeUnit.NANOSECONDS);
                counts.sent.add(each.changes);
            } catch (ExecutionException | TimeoutException e) {
                breaker.onError(0, TimeUnit.NANOSECONDS, e);
                counts.sendFailures.add(each.changes);
                log.debug("hot tier did not take a batch shard={} changes={}", each.shard, each.changes, e);
            }
        }
    }

    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(ROUND.multipliedBy(2));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
