package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import java.util.ArrayDeque;
import java.util.Queue;

/// The bytes of requests that are worked on at once, and of those that have come and wait for that. Calls and streams have one
/// each, so that streams which wait for room do not keep calls out. Safe for use by many threads.
final class InFlight {
    private final long limit;
    private final long waitingLimit;
    private final Queue<Waiting> waiting = new ArrayDeque<>();
    private long taken;
    private long waitingBytes;

    private record Waiting(long bytes, Runnable granted) {}

    /// @param waitingLimit of what waits; one request may wait alone, however large it is
    InFlight(long limit, long waitingLimit) {
        this.limit = limit;
        this.waitingLimit = waitingLimit;
    }

    /// Something larger than the limit is taken if nothing else is: it would wait for ever otherwise.
    synchronized boolean tryTake(long bytes) {
        if (!waiting.isEmpty() || !fits(bytes)) return false;
        taken += bytes;
        return true;
    }

    /// @param granted runs once the bytes are taken, here or on the thread that gave enough back; must not block
    /// @return whether it was granted at once
    /// @throws RefusedException `OVERLOADED`: too much waits already
    boolean take(long bytes, Runnable granted) {
        synchronized (this) {
            if (!waiting.isEmpty() || !fits(bytes)) {
                // It has been read, so it takes memory while it waits: of hundreds of streams each may have one.
                if (!waiting.isEmpty() && waitingBytes + bytes > waitingLimit)
                    throw new RefusedException(Reason.OVERLOADED, waitingBytes + " bytes wait for room on this node already");
                waitingBytes += bytes;
                waiting.add(new Waiting(bytes, granted));
                return false;
            }
            taken += bytes;
        }
        granted.run();
        return true;
    }

    void give(long bytes) {
        Queue<Waiting> served = new ArrayDeque<>();
        synchronized (this) {
            taken -= bytes;
            for (Waiting next = waiting.peek(); next != null && fits(next.bytes()); next = waiting.peek()) {
                taken += next.bytes();
                waitingBytes -= next.bytes();
                served.add(waiting.remove());
            }
        }
        served.forEach(next -> next.granted().run());
    }

    private boolean fits(long bytes) {
        return taken == 0 || taken + bytes <= limit;
    }

    synchronized long taken() {
        return taken;
    }

    synchronized long waiting() {
        return waitingBytes;
    }

    synchronized double fill() {
        return (double) taken / limit;
    }
}
