package io.engram.grid.tier.cold;

import io.engram.grid.GridConfig;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.ignite.IgniteCache;
import org.apache.ignite.lang.IgniteFuture;
import org.jspecify.annotations.Nullable;

/// The cold tier in an embedded Ignite node with persistence: one cache of named blobs, each on its owner and backups.
///
/// Both sides of a split would go on serving; writes are refused by the smaller one, and what it still serves is
/// immutable. A cluster that was cut is whole again some seconds after healing, with no operator.
public final class IgniteColdTier implements ColdTier {
    /// Calls that Ignite may keep for longer than their limit, each with a blob.
    private static final int CALLS = 32;

    private final ColdMember member;
    private final Semaphore calls = new Semaphore(CALLS);

    private IgniteColdTier(ColdMember member) {
        this.member = member;
    }

    /// Returns at once; the tier is `starting` until enough members are there. If Ignite cannot start, that is tried
    /// again for as long as the tier is open.
    public static ColdTier open(GridConfig grid) {
        return grid.cold().enabled() ? open(grid, PeerProbe.tcp()) : new NoColdTier();
    }

    static IgniteColdTier open(GridConfig grid, PeerProbe probe) {
        return new IgniteColdTier(ColdMember.start(grid, probe));
    }

    /// Null: not there now. For tests that meddle with it behind the tier's back.
    @Nullable IgniteCache<String, byte[]> cache() {
        Engine engine = member.engine();
        return engine == null ? null : engine.cache();
    }

    @Override
    public void put(String name, byte[] blob, Duration limit) {
        byte[] sealed = Blob.seal(name, blob);
        call("put " + name, limit, cache -> cache.putAsync(name, sealed));
    }

    @Override
    public Optional<byte[]> get(String name, Duration limit) {
        Blob.checkName(name);
        byte[] sealed = call("get " + name, limit, cache -> cache.getAsync(name));
        return sealed == null ? Optional.empty() : Optional.of(Blob.open(name, sealed));
    }

    /// Ignite's asynchronous calls may block before they return their future, so they get a thread.
    private <T> @Nullable T call(
            String what, Duration limit, Function<IgniteCache<String, byte[]>, IgniteFuture<T>> operation) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            if (!calls.tryAcquire(limit.toNanos(), TimeUnit.NANOSECONDS))
                throw new ColdTierException(what + ": too many calls wait for the cold tier", null);
            CompletableFuture<@Nullable T> result = new CompletableFuture<>();
            Thread.ofVirtual().name("cold-call").start(() -> {
                try {
                    IgniteCache<String, byte[]> cache = cache();
                    if (cache == null)
                        throw new ColdTierException(what + ": the cold tier is " + health().detail(), null);
                    long left = Math.max(1, end - System.nanoTime());
                    result.complete(operation.apply(cache).get(left, TimeUnit.NANOSECONDS));
                } catch (Throwable e) { // Ignite throws Errors too when it is stopped under a call
                    result.completeExceptionally(e);
                } finally {
                    calls.release();
                }
            });
            return result.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ColdTierException ours) throw ours;
            throw new ColdTierException(what + " failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new ColdTierException(what + " did not end within " + limit, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ColdTierException(what + " was interrupted", e);
        }
    }

    @Override
    public Health health() {
        return member.health();
    }

    /// Ends within half a minute, even if Ignite hangs.
    @Override
    public void close() {
        member.close();
    }
}
