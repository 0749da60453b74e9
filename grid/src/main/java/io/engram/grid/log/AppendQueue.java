package io.engram.grid.log;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.ratis.server.RaftServer;

/// The entries that a replica has taken from a leader and not yet written, as Ratis 3.3.0 keeps them
/// (`ServerImplUtils.NavigableIndices`): each append begins when the one before it is on disk.
///
/// Ratis shows it to nobody, so it is read by reflection; a Ratis that keeps it elsewhere fails here when the first server
/// starts, and not in the night when a leader changes. Thread-safe.
final class AppendQueue {
    private static final String SERVER = "org.apache.ratis.server.impl.RaftServerImpl";
    private static final String INDICES = "org.apache.ratis.server.impl.ServerImplUtils$NavigableIndices";
    private static final Field QUEUE = field(SERVER, "appendLogTermIndices");
    private static final Field LAST = field(INDICES, "future");
    private static final Field KNOWN = field(INDICES, "map");

    /// Between two looks at what Ratis forgets at once after it was written.
    private static final long LOOK_NANOS = 50_000;

    private AppendQueue() {}

    /// Waits until all that was taken by now is on disk *and* forgotten: Ratis forgets an append a moment after its future is done, and would
    /// take entries that begin at the same index for it till then.
    ///
    /// @param until of the clock that [System#nanoTime] reads
    /// @return false if that was not so in time; true also if some of it could not be appended, since then nothing is any more
    static boolean await(RaftServer.Division replica, long until) throws InterruptedException {
        try {
            written(replica).get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (ExecutionException failed) {
            return true;
        } catch (TimeoutException e) {
            return false;
        }
        while (!forgotten(indices(replica))) {
            if (System.nanoTime() - until >= 0) return false;
            LockSupport.parkNanos(LOOK_NANOS);
            if (Thread.interrupted()) throw new InterruptedException();
        }
        return true;
    }

    /// @return done once all that was taken by now is on disk; exceptional if some of it, or anything before it, could not be appended
    static CompletableFuture<?> written(RaftServer.Division replica) {
        return (CompletableFuture<?>) Objects.requireNonNull(((AtomicReference<?>) get(LAST, indices(replica))).get());
    }

    private static boolean forgotten(Object indices) {
        // Ratis guards the map with this lock.
        synchronized (indices) {
            return ((Map<?, ?>) get(KNOWN, indices)).isEmpty();
        }
    }

    /// What Ratis locks when it looks into the queue.
    static Object indices(RaftServer.Division replica) {
        return get(QUEUE, replica);
    }

    private static Object get(Field field, Object of) {
        try {
            return Objects.requireNonNull(field.get(of));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Ratis hangs each append onto the future of the one before: after one that failed, for whatever reason, the replica
    /// takes heartbeats as before and never again an entry.
    static boolean broken(RaftServer.Division replica) {
        return written(replica).isCompletedExceptionally();
    }

    private static Field field(String type, String name) {
        try {
            Field field = Class.forName(type).getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Ratis keeps its queue of appends elsewhere: no " + type + "." + name, e);
        }
    }
}
