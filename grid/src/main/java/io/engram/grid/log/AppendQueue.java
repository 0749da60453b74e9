package io.engram.grid.log;

import java.lang.reflect.Field;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
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

    private AppendQueue() {}

    /// @return done once all that was taken by now is on disk; exceptional if some of it, or anything before it, could not be appended
    static CompletableFuture<?> written(RaftServer.Division replica) {
        try {
            return (CompletableFuture<?>) ((AtomicReference<?>) LAST.get(QUEUE.get(replica))).get();
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
