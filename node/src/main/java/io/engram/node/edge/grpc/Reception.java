package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.grpc.Context;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What one call holds of the bytes that are on their way in. gRPC tells it of each of them, on the connection's thread, as they
/// come.
final class Reception extends ServerStreamTracer {
    private static final Context.Key<Reception> CURRENT = Context.key("engram-reception");

    private final Receptions all;
    private @Nullable Consumer<Refusal> refused;
    /// Of messages that have come whole and have not been handed over, oldest first.
    private final Deque<Long> whole = new ArrayDeque<>();
    private long held;
    private long partial;
    private long beganNanos;
    private boolean over;

    Reception(Receptions all) {
        this.all = all;
    }

    /// Of the call that is being started.
    static @Nullable Reception current() {
        return CURRENT.get();
    }

    @Override
    public Context filterContext(Context context) {
        return context.withValue(CURRENT, this);
    }

    /// Before the first message is asked for.
    ///
    /// @param onRefusal ends the call
    /// @param must the call is nothing without a message, so one is awaited from now on
    synchronized void attach(Consumer<Refusal> onRefusal, boolean must) {
        refused = onRefusal;
        if (must) begin();
    }

    @Override
    public synchronized void inboundMessage(int number) {
        if (partial == 0) begin();
    }

    @Override
    public void inboundWireSize(long count) {
        synchronized (this) {
            if (over) return;
            held += count;
            partial += count;
        }
        all.came(this, count);
    }

    @Override
    public synchronized void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
        whole.add(partial);
        partial = 0;
        all.stopAwaiting(this);
    }

    /// The handler has the oldest message, and counts it from now on.
    synchronized void handedOver() {
        Long size = whole.poll();
        if (size == null || over) return;
        held -= size;
        all.gone(size);
    }

    @Override
    public synchronized void streamClosed(Status status) {
        if (over) return;
        over = true;
        all.gone(held);
        all.stopAwaiting(this);
    }

    /// Ends the call if its message has not come in time.
    void look() {
        synchronized (this) {
            if (over || System.nanoTime() - beganNanos < all.within().toNanos()) return;
        }
        refuse(Refusal.of(Reason.DEADLINE_EXCEEDED, "the message did not come whole within " + all.within()));
    }

    void refuse(Refusal refusal) {
        Consumer<Refusal> end;
        synchronized (this) {
            end = refused;
            refused = null;
            all.stopAwaiting(this);
        }
        if (end != null) end.accept(refusal);
    }

    private void begin() {
        beganNanos = System.nanoTime();
        if (!over) all.await(this);
    }
}
