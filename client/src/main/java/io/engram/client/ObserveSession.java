package io.engram.client;

import io.engram.v1.ObserveRequest;
import io.engram.v1.OpenSession;
import io.grpc.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// An ingest session: observations in, numbered 1, 2, 3 …, each recorded exactly once and in order, across lost connections and nodes.
///
/// What is taken from the caller is kept until it is acknowledged, in a bounded buffer; when the connection breaks, another node is
/// asked, tells how far the session is durable, and is sent the rest. For many threads; numbers follow the order of the calls.
public final class ObserveSession implements AutoCloseable {
    /// More than any observation within the limits needs; a node would end the stream over it, again and again.
    static final int MAX_OBSERVATION_BYTES = 1 << 20;

    record Named(String space, String id) {}

    /// What a connection needs of its session.
    record Connecting(ReentrantLock lock, SessionConnection.Session session, ObserveOptions options) {}

    private final Named name;
    private final ObserveOptions options;
    private final Threads threads;
    private final Consumer<ObserveSession> onClosed;
    private final Telling telling;
    private final AcknowledgementFeed feed;
    private final SessionProgress progress;

    private final ReentrantLock lock = new ReentrantLock();
    /// Credit, room, progress or the end: whoever waits looks for what it waits for.
    private final Condition changed = lock.newCondition();
    private final SendBuffer buffer = new SendBuffer();
    private final List<SessionSink> sinks = new ArrayList<>();
    private @Nullable SessionConnection connection;
    private @Nullable EngramException failure;
    private boolean pumping;
    private boolean closing;
    private boolean closed;

    ObserveSession(
            Named name, ObserveOptions options, Threads threads, Optional<CausalSession> causal, Consumer<ObserveSession> onClosed) {
        this.name = name;
        this.options = options;
        this.threads = threads;
        this.onClosed = onClosed;
        this.telling = new Telling(threads);
        this.feed = new AcknowledgementFeed(telling);
        this.progress = new SessionProgress(buffer, options, causal, new News());
        options.listener().ifPresent(listener -> feed.subscribe(new EveryAcknowledgement(listener)));
    }

    /// @throws EngramException why it could not be opened
    void open(Function<Connecting, SessionConnection> connecting, Duration limit) {
        SessionConnection made = connecting.apply(new Connecting(lock, new Events(), options));
        lock.lock();
        try {
            connection = made;
            made.connect();
            if (await(limit, progress::isOpened)) return;
            fail(new UnavailableException(
                    Fault.local(Status.Code.UNAVAILABLE, "", "no node opened session '" + name.id() + "' within " + limit), null));
            throw failure();
        } catch (CancelledException interrupted) {
            fail(interrupted);
            throw interrupted;
        } finally {
            lock.unlock();
        }
    }

    public String id() {
        return name.id();
    }

    /// Whether the session existed before: this process, or another, began it earlier.
    public boolean resumed() {
        return locked(progress::resumed);
    }

    /// Everything up to here is durable or was rejected. After opening: go on with the observation after this one.
    public long durableThrough() {
        return locked(buffer::durableThrough);
    }

    /// As the session was opened: observations up to here may have been recorded by an earlier process, and those above
    /// [#durableThrough()] must be sent again as they were.
    public long takenThrough() {
        return locked(progress::takenThrough);
    }

    /// Number of the last observation taken from the caller; of the durable mark if there was none.
    public long lastNumber() {
        return locked(buffer::lastNumber);
    }

    /// Observations taken from the caller and not yet acknowledged.
    public int buffered() {
        return locked(buffer::size);
    }

    /// Rejections of an earlier process's observations, above the mark that the options named.
    public List<Rejection> earlierRejections() {
        return locked(progress::earlierRejections);
    }

    /// What the node said last about its load; empty: it is at ease.
    public Optional<Pressure> pressure() {
        return locked(progress::pressure);
    }

    /// Takes one observation; waits while the session has no credit or the buffer is full. It is durable when it is
    /// acknowledged, not yet when this returns.
    ///
    /// @return its number
    /// @throws DeadlineException if there was no room within the send timeout; it was not taken
    /// @throws EngramException why the session has failed, if it has
    public long send(Observation observation) {
        io.engram.v1.Observation wire = fitting(observation);
        return locked(() -> {
            if (!await(options.sendTimeout(), () -> closing || room(wire.getSerializedSize()) > 0)) {
                throwIfFailed();
                throw new DeadlineException(
                        Fault.local(Status.Code.DEADLINE_EXCEEDED, "BUFFER_FULL", "no room within " + options.sendTimeout()), null);
            }
            return take(observation, wire, Optional.empty());
        });
    }

    /// Takes one observation if there is room, without waiting. Completes when it is durable; fails with the reason if it is
    /// rejected, with `BUFFER_FULL` if it was not taken, with [OutcomeUnknownException] if the session ends before it is known.
    public CompletableFuture<Receipt> sendAsync(Observation observation) {
        CompletableFuture<Receipt> receipt = new CompletableFuture<>();
        try {
            io.engram.v1.Observation wire = fitting(observation);
            locked(() -> {
                if (failure == null && !closing && room(wire.getSerializedSize()) <= 0)
                    throw new OverloadedException(
                            Fault.local(Status.Code.RESOURCE_EXHAUSTED, "BUFFER_FULL", "no credit or no room in the buffer"), null);
                return take(observation, wire, Optional.of(receipt));
            });
        } catch (EngramException notTaken) {
            receipt.completeExceptionally(notTaken);
        }
        return receipt;
    }

    /// Waits until all that was taken before this call is durable or rejected, and listeners have been told so. Called by a
    /// listener it does not wait for the telling, which waits for that listener.
    ///
    /// @throws DeadlineException if that takes longer; the session goes on
    /// @throws EngramException why the session has failed, if it did before that
    public void flush(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        locked(() -> {
            long target = buffer.lastNumber();
            if (!await(limit, () -> buffer.durableThrough() >= target)) {
                throwIfFailed();
                String where = "durable through " + buffer.durableThrough() + " of " + target + " after " + limit;
                throw new DeadlineException(Fault.local(Status.Code.DEADLINE_EXCEEDED, "NOT_YET_DURABLE", where), null);
            }
            return target;
        });
        if (!telling.awaitTold(end))
            throw new DeadlineException(
                    Fault.local(Status.Code.DEADLINE_EXCEEDED, "LISTENER_BUSY", "durable, but listeners were not told within " + limit), null);
    }

    /// Progress and rejections from the time of subscribing on. A subscriber that asks for too little stops the stream:
    /// nothing is dropped, and no more than a few messages are kept for it.
    public Flow.Publisher<Acknowledgement> acknowledgements() {
        return feed;
    }

    /// Tells a listener of progress and rejections from now on, on the client's threads, one at a time.
    public void onAcknowledgement(Consumer<Acknowledgement> listener) {
        feed.subscribe(new EveryAcknowledgement(listener));
    }

    /// A subscriber that feeds this session.
    public ObservationSink sink() {
        SessionSink sink = new SessionSink(this);
        return locked(() -> {
            throwIfFailed();
            sinks.add(sink);
            return sink;
        });
    }

    /// Stops taking observations, waits for those taken and for listeners to be told, and ends the connection. The session itself
    /// lives on at the cluster until it was idle for long enough.
    ///
    /// @return what is not known to be durable, in order; empty if all is well
    public List<Unacknowledged> close(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        List<Unacknowledged> unknown = locked(() -> {
            if (!closed) {
                closing = true;
                changed.signalAll();
                boolean durable = awaitEmpty(limit);
                closed = true;
                if (connection != null) connection.stop(durable);
                end(durable ? Optional.empty() : Optional.of(failure == null ? Closed.exception() : failure));
                onClosed.accept(this);
            }
            List<Unacknowledged> left = new ArrayList<>();
            buffer.items().forEachRemaining(item -> left.add(new Unacknowledged(item.number, item.observation, item.everSent)));
            return left;
        });
        awaitTold(end);
        return unknown;
    }

    /// As [#close(Duration)] with the close timeout of the options.
    ///
    /// @throws OutcomeUnknownException if anything is not known to be durable
    @Override
    public void close() {
        List<Unacknowledged> left = close(options.closeTimeout());
        if (left.isEmpty()) return;
        String what = left.size() + " observations from number " + left.get(0).number() + " on are not known to be durable";
        throw new OutcomeUnknownException(
                Fault.local(Status.Code.UNKNOWN, "OUTCOME_UNKNOWN", what), null, locked(() -> Optional.ofNullable(failure)).orElse(null));
    }

    /// What the connection tells.
    private final class Events implements SessionConnection.Session {
        @Override
        public OpenSession hello() {
            return OpenSession.newBuilder()
                    .setSpace(name.space())
                    .setSession(name.id())
                    .setAcknowledgedThrough(progress.acknowledgedThrough())
                    .build();
        }

        @Override
        public void opened(io.engram.v1.SessionOpened opened) {
            progress.opened(opened).ifPresentOrElse(ObserveSession.this::fail, ObserveSession.this::moved);
        }

        @Override
        public void progressed(io.engram.v1.Progress told) {
            progress.progressed(told).ifPresentOrElse(fault -> connection().lost(fault), ObserveSession.this::moved);
        }

        @Override
        public void ready() {
            pump();
        }

        @Override
        public boolean owed() {
            return buffer.inFlight();
        }

        @Override
        public void failed(EngramException why) {
            fail(why);
        }
    }

    /// Carries what became of each observation out of the lock, in order.
    private final class News implements SessionProgress.Outlet {
        @Override
        public void recorded(SendBuffer.Item item) {
            item.receipt.ifPresent(receipt -> later(() -> receipt.complete(new Receipt(item.number))));
        }

        @Override
        public void rejected(Rejection rejection, Optional<SendBuffer.Item> item) {
            later(() -> {
                item.flatMap(of -> of.receipt).ifPresent(receipt -> receipt.completeExceptionally(rejection.cause()));
                feed.publish(new Acknowledgement.Rejected(rejection));
            });
        }

        @Override
        public void durable(long through, List<Position> positions) {
            later(() -> feed.publish(new Acknowledgement.Durable(through, positions)));
        }
    }

    /// Something was heard: deliver it, then ask for more, and use what credit it brought.
    private void moved() {
        if (progress.takeAdvanced() || buffer.size() == 0) connection().well();
        SessionStream from = connection().current();
        if (from != null) later(() -> feed.whenRoom(() -> locked(() -> {
            connection().askForNext(from);
            return true;
        })));
        changed.signalAll();
        roomChanged();
        sinkProgress();
        pump();
    }

    private long take(Observation observation, io.engram.v1.Observation wire, Optional<CompletableFuture<Receipt>> receipt) {
        throwIfFailed();
        if (closing) throw Closed.exception();
        SendBuffer.Item item = buffer.add(observation, wire, receipt);
        pump();
        return item.number;
    }

    long takeFed(Observation observation) {
        return take(observation, fitting(observation), Optional.empty());
    }

    /// Sends what credit allows, soon: what is taken meanwhile goes into the same message.
    private void pump() {
        if (pumping || failure != null) return;
        pumping = true;
        threads.work().execute(() -> locked(() -> {
            pumping = false;
            while (connection().canSend()) {
                boolean first = !buffer.inFlight();
                var batch = buffer.nextBatch(progress.creditThrough(), progress.creditBytes());
                if (batch.isEmpty()) break;
                connection().send(ObserveRequest.newBuilder().setBatch(batch.get()).build(), first);
            }
            return true;
        }));
    }

    /// How many observations may be taken now, beside those that sinks have been promised room for.
    private int room(int bytes) {
        if (buffer.size() > 0 && buffer.bytes() + bytes > options.bufferedBytes()) return 0;
        long promised = 0;
        for (SessionSink sink : sinks) promised += sink.asked();
        long free = options.bufferedObservations() - buffer.size() - promised;
        long credit = progress.creditThrough() - buffer.lastNumber() - promised;
        return (int) Math.min(free, credit);
    }

    void roomChanged() {
        for (SessionSink sink : sinks) sink.roomFor(closing ? 0 : room(0));
    }

    void sinkProgress() {
        sinks.removeIf(sink -> sink.durableThrough(buffer.durableThrough()));
    }

    private void fail(EngramException why) {
        if (failure != null) return;
        failure = why;
        if (connection != null) connection.stop(false);
        end(Optional.of(why));
        changed.signalAll();
        onClosed.accept(this);
    }

    private void end(Optional<EngramException> why) {
        List<SendBuffer.Item> left = new ArrayList<>();
        buffer.items().forEachRemaining(left::add);
        for (SessionSink sink : List.copyOf(sinks)) sink.fail(why.orElseGet(Closed::exception));
        later(() -> {
            for (SendBuffer.Item item : left)
                item.receipt.ifPresent(receipt -> receipt.completeExceptionally(fate(item, why.orElseGet(Closed::exception))));
            feed.end(why.map(Function.identity()));
        });
    }

    private static EngramException fate(SendBuffer.Item item, EngramException why) {
        return item.everSent ? new OutcomeUnknownException(why.fault(), null, why) : why;
    }

    private static io.engram.v1.Observation fitting(Observation observation) {
        io.engram.v1.Observation wire = Wire.observation(observation);
        if (wire.getSerializedSize() <= MAX_OBSERVATION_BYTES) return wire;
        String rule = "must be at most " + MAX_OBSERVATION_BYTES + " bytes on the wire, was " + wire.getSerializedSize();
        throw new InvalidArgumentException(
                new Fault(Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT", "observation " + rule,
                        List.of(new Fault.FieldViolation("observation", rule)), java.util.Map.of(), Optional.empty()),
                null);
    }

    private SessionConnection connection() {
        if (connection == null) throw new IllegalStateException("session is not open");
        return connection;
    }

    private EngramException failure() {
        return failure == null ? Closed.exception() : Faults.again(failure);
    }

    private void throwIfFailed() {
        if (failure != null) throw failure();
    }

    /// @return false: the limit passed, or the session failed, before it held
    private boolean await(Duration limit, BooleanSupplier holds) {
        long left = limit.toNanos();
        try {
            while (!holds.getAsBoolean()) {
                if (failure != null || left <= 0) return false;
                left = changed.awaitNanos(left);
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CancelledException(Fault.local(Status.Code.CANCELLED, "INTERRUPTED", "interrupted while waiting"), interrupted);
        }
    }

    private void awaitTold(long end) {
        try {
            if (!telling.awaitTold(end)) Listeners.lag("session " + name.id());
        } catch (CancelledException interrupted) {
            // What the caller asks for is closed, and known.
        }
    }

    /// Interruption ends the wait, but not the closing.
    private boolean awaitEmpty(Duration limit) {
        try {
            return await(limit, () -> buffer.size() == 0);
        } catch (CancelledException interrupted) {
            return false;
        }
    }

    <T> T locked(Supplier<T> action) {
        lock.lock();
        try {
            return action.get();
        } finally {
            lock.unlock();
        }
    }

    /// Outside the lock, in order, one at a time.
    void later(Runnable task) {
        telling.execute(task);
    }
}
