package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.grpc.Metadata;
import io.grpc.ServerStreamTracer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The bytes of messages that are on their way in, over all connections: from the first byte of a message until its handler has
/// it. So many and no more, and none for ever: the call whose bytes are too many, or whose message does not come whole in time, is
/// refused. gRPC by itself bounds one message, but not how many are coming at once.
///
/// (Not held back instead: what comes next can be anybody's, and those who hold the room might never finish.)
///
/// Safe for use by many threads.
final class Receptions extends ServerStreamTracer.Factory {
    private static final Logger LOG = LoggerFactory.getLogger(Receptions.class);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);

    private final long limit;
    private final Duration within;
    private final AtomicLong bytes = new AtomicLong();
    /// Of which something has come, or must come.
    private final Set<Reception> awaited = ConcurrentHashMap.newKeySet();

    /// @param within how long a message may take to come, and a call's only message from the call's beginning
    /// @param timers ends with the edge
    Receptions(long limit, Duration within, ScheduledExecutorService timers) {
        this.limit = limit;
        this.within = within;
        var _ = timers.scheduleWithFixedDelay(this::look, LOOK_EVERY.toMillis(), LOOK_EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void look() {
        for (Reception reception : awaited) {
            try {
                reception.look();
            } catch (RuntimeException e) {
                // What leaves this task would end it for good, and with it everybody's limit.
                LOG.warn("a call whose message did not come could not be ended", e);
            }
        }
    }

    @Override
    public ServerStreamTracer newServerStreamTracer(String fullMethodName, Metadata headers) {
        return new Reception(this);
    }

    long bytes() {
        return bytes.get();
    }

    void came(Reception reception, long count) {
        long now = bytes.addAndGet(count);
        if (now > limit)
            reception.refuse(Refusal.of(Reason.OVERLOADED, "this node is receiving more than " + limit + " bytes of messages already"));
    }

    void gone(long count) {
        bytes.addAndGet(-count);
    }

    void await(Reception reception) {
        awaited.add(reception);
    }

    void stopAwaiting(Reception reception) {
        awaited.remove(reception);
    }

    Duration within() {
        return within;
    }
}
