package io.engram.node.edge.grpc;

import com.google.common.util.concurrent.MoreExecutors;
import io.engram.grid.Reason;
import io.engram.grid.log.Deadline;
import io.engram.grid.log.MonotonicClock;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.session.Ingest;
import io.engram.node.text.TextEmbedding;
import io.engram.v1.Credit;
import io.engram.v1.ObservationBatch;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.engram.v1.OpenSession;
import io.engram.v1.Pressure;
import io.engram.v1.PressureCause;
import io.engram.v1.Progress;
import io.engram.v1.SessionOpened;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One client's Observe stream.
///
/// Everything that happens to it, messages, vectors, acknowledgements, the end, is an event, and events run one after the other: no field
/// needs a lock. The next message is asked for only when the one before was handled and there is room; so what a stream
/// holds is bounded by its bytes in flight and one message.
///
/// waiting for room > embedding > taking > acknowledged
final class ObserveStream {
    private static final Logger LOG = LoggerFactory.getLogger(ObserveStream.class);
    private static final int MAX_OBSERVATIONS = 1024;
    /// Numbers that a client may be ahead of what is durable: eight full batches.
    private static final long WINDOW = 8 * MAX_OBSERVATIONS;
    /// Enough to keep a shard's log busy over one round to a majority.
    private static final int BATCHES = 64;
    /// Texts that are embedded, and acknowledged, together: well under a second of work even for long ones, where a full batch takes many.
    private static final int TEXTS = 32;
    /// A client takes a node that owes it an answer and stays silent for dead; one that is only slow says so this often.
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(1);

    private record Taking(ObserveBatch batch, CompletableFuture<Ingest.Taken> taken) {}

    private final ServerCallStreamObserver<ObserveResponse> client;
    private final ObserveStreams streams;
    private final Memories memories;
    private final ObservationReader observations;
    private final TextEmbedding texts;
    private final InFlight inFlight;
    private final ObserveStreams.Limits limits;
    private final Executor executor;
    private final Executor events;
    private final ScheduledExecutorService timers;

    private final Acknowledgements acknowledgements = new Acknowledgements();
    private final Drain drain = new Drain();
    private final Deque<ObserveBatch> preparing = new ArrayDeque<>();
    private final Set<Thread> embedding = new HashSet<>();
    private @Nullable Ingest ingest;
    private @Nullable SessionId session;
    private long next;
    private long creditThrough;
    private long bytes;
    /// Oldest first.
    private final Deque<Taking> taking = new ArrayDeque<>();
    /// A batch has come and is not admitted yet.
    private boolean waitsForRoom;
    /// And it was not admitted at once.
    private boolean lacksRoom;
    private boolean asked;
    private boolean halfClosed;
    private boolean ended;
    private long lastMessageNanos = System.nanoTime();
    private long lastToldNanos = System.nanoTime();
    private PressureCause told = PressureCause.PRESSURE_CAUSE_UNSPECIFIED;

    ObserveStream(
            ServerCallStreamObserver<ObserveResponse> client, ObserveStreams streams, Memories memories,
            ObservationReader observations, TextEmbedding texts, InFlight inFlight, ObserveStreams.Limits limits,
            Executor executor, ScheduledExecutorService timers) {
        this.client = client;
        this.streams = streams;
        this.memories = memories;
        this.observations = observations;
        this.texts = texts;
        this.inFlight = inFlight;
        this.limits = limits;
        this.executor = executor;
        this.events = MoreExecutors.newSequentialExecutor(executor);
        this.timers = timers;
    }

    /// Before the call's first message, on the thread that gRPC opened the call on.
    void start() {
        client.disableAutoRequest();
        client.setOnCancelHandler(() -> event(this::release));
        client.setOnReadyHandler(() -> event(() -> {}));
        watch(limits.openWithin());
        event(() -> {});
    }

    StreamObserver<ObserveRequest> inbound() {
        return new StreamObserver<>() {
            @Override
            public void onNext(ObserveRequest request) {
                event(() -> handle(request));
            }

            @Override
            public void onError(Throwable failure) {
                event(ObserveStream.this::release);
            }

            @Override
            public void onCompleted() {
                event(() -> halfClosed = true);
            }
        };
    }

    /// Ends the stream from outside.
    void end(Refusal refusal) {
        event(() -> fail(refusal));
    }

    private void event(Runnable change) {
        events.execute(() -> {
            if (ended) return;
            try {
                change.run();
                if (!ended) settle();
            } catch (InvalidFieldException e) {
                fail(Refusal.of(e, true));
            } catch (RuntimeException e) {
                if (Refusal.isOurFault(e)) LOG.warn("stream failed session={}", session == null ? "" : session.value(), e);
                fail(Refusal.of(e, true));
            }
        });
    }

    /// After every event: go on with whatever can go on now.
    private void settle() {
        pump();
        PressureCause cause = pressure();
        if (cause != told) acknowledgements.touch();
        while (ingest != null && acknowledgements.hasNews() && client.isReady()) tell(cause);
        if (halfClosed && preparing.isEmpty() && taking.isEmpty() && !waitsForRoom) {
            if (ingest == null) throw new InvalidFieldException("open", "must be the first message of a stream");
            if (acknowledgements.hasNews()) return; // the ready handler comes back here
            release();
            client.onCompleted();
        } else if (!asked && !halfClosed && !waitsForRoom && !acknowledgements.isFull()
                && bytes < limits.bytes() && preparing.size() + taking.size() < BATCHES) {
            asked = true;
            client.request(1);
        }
    }

    private void handle(ObserveRequest request) {
        asked = false;
        lastMessageNanos = System.nanoTime();
        switch (request.getMessageCase()) {
            case OPEN -> open(request.getOpen());
            case BATCH -> batch(request.getBatch());
            case MESSAGE_NOT_SET -> throw new InvalidFieldException("message", "must be one that this node knows");
        }
    }

    private void open(OpenSession open) {
        if (ingest != null) throw new InvalidFieldException("open", "must come only once");
        SpaceName space = Fields.space("open.space", open.getSpace());
        SessionId name = Fields.session("open.session", open.getSession());
        long acknowledged = Fields.count("open.acknowledged_through", open.getAcknowledgedThrough());
        streams.takeOver(space, name, this);
        Ingest opened = memories.observe(space, name, acknowledged, Deadline.after(limits.taking(), MonotonicClock.SYSTEM));
        ingest = opened;
        session = name;
        next = opened.durableThrough() + 1;
        acknowledgements.begin(opened.durableThrough(), opened.pendingRejections());
        SessionOpened.Builder answer = SessionOpened.newBuilder()
                .setTakenThrough(opened.takenThrough())
                .setResumed(opened.resumed())
                .addAllRejections(acknowledgements.nextRejections());
        client.onNext(ObserveResponse.newBuilder()
                .setOpened(answer.setDurableThrough(acknowledgements.toldThrough()).setCredit(credit()))
                .build());
        watch(opened.space().limits().sessionIdle());
        stayAlive();
    }

    private void batch(ObservationBatch batch) {
        Ingest open = ingest;
        if (open == null) throw new InvalidFieldException("open", "must be the first message of a stream");
        int count = batch.getObservationsCount();
        if (count < 1 || count > MAX_OBSERVATIONS)
            throw new InvalidFieldException("batch.observations", "must be 1.." + MAX_OBSERVATIONS + ", were " + count);
        long first = Fields.count("batch.first_number", batch.getFirstNumber());
        if (first == 0) throw new InvalidFieldException("batch.first_number", "must be at least 1, was 0");
        if (first > next)
            throw new InvalidFieldException(Reason.SESSION_GAP, "batch.first_number", "must be at most " + next
                    + ", the number after the last one that came, was " + first);
        if (first + count - 1 > creditThrough)
            throw new InvalidFieldException("batch.observations",
                    "must stay within the credit, which goes through " + creditThrough + ", went through " + (first + count - 1));
        if (Fields.count("batch.acknowledged_through", batch.getAcknowledgedThrough()) > acknowledgements.durableThrough())
            throw new InvalidFieldException("batch.acknowledged_through", "must be at most what was acknowledged, "
                    + acknowledgements.durableThrough() + ", was " + batch.getAcknowledgedThrough());
        int skip = (int) Math.min(count, next - first);
        if (skip == count) {
            acknowledgements.touch(); // all of it came before; say again what became of it
            return;
        }
        next += count - skip;
        long size = batch.getSerializedSize();
        bytes += size;
        long came = System.nanoTime();
        waitsForRoom = true;
        lacksRoom = !inFlight.take(size, () -> events.execute(() -> {
            if (ended) inFlight.give(size);
            else event(() -> admit(batch, skip, open, came));
        }));
    }

    private void admit(ObservationBatch wire, int skip, Ingest open, long came) {
        waitsForRoom = false;
        lacksRoom = false;
        SessionId name = session;
        if (name == null) throw new IllegalStateException("a batch before its session");
        ObserveBatch batch;
        try {
            batch = ObserveBatch.read(wire, skip, open.space(), name, observations, texts, came);
        } catch (RuntimeException e) {
            inFlight.give(wire.getSerializedSize());
            throw e;
        }
        List<ObserveBatch> parts = batch.parts(TEXTS);
        preparing.addAll(parts);
        if (batch.isReady()) return;
        Thread thread = Thread.ofVirtual().unstarted(() -> embed(parts));
        embedding.add(thread);
        thread.start();
    }

    private void embed(List<ObserveBatch> parts) {
        Thread self = Thread.currentThread();
        try {
            for (ObserveBatch part : parts) {
                if (part.isReady()) continue;
                List<Embedding> vectors = texts.inTurn(part.texts(), Deadline.after(limits.embedding(), MonotonicClock.SYSTEM));
                event(() -> part.embedded(vectors));
            }
            event(() -> embedding.remove(self));
        } catch (InterruptedException e) {
            // The stream has ended and wants no vectors.
        } catch (RuntimeException e) {
            event(() -> fail(Refusal.of(e, false)));
        }
    }

    private void pump() {
        Ingest open = ingest;
        if (open == null) return;
        for (ObserveBatch head = preparing.peek(); head != null && head.isReady() && !ended; head = preparing.peek()) {
            preparing.remove();
            CompletableFuture<Ingest.Taken> taken;
            try {
                taken = open.take(head.first(), head.items(), head.acknowledgedThrough(),
                        Deadline.after(limits.taking(), MonotonicClock.SYSTEM));
            } catch (RuntimeException e) {
                taken = CompletableFuture.failedFuture(e);
            }
            taking.add(new Taking(head, taken));
            ObserveBatch batch = head;
            var _ = taken.whenComplete((t, failure) -> {
                // Even after the end: the bytes are held until the store has let go of them.
                inFlight.give(batch.bytes());
                event(this::harvest);
            });
        }
    }

    /// Batches complete in order, but the news of it may arrive in another one.
    private void harvest() {
        for (Taking oldest = taking.peek(); oldest != null && oldest.taken().isDone(); oldest = taking.peek()) {
            taking.remove();
            bytes -= oldest.batch().bytes();
            drain.drained(oldest.batch().count(), oldest.batch().cameNanos(), System.nanoTime());
            acknowledgements.taken(oldest.taken().join());
        }
    }

    private void tell(PressureCause cause) {
        Progress.Builder progress = acknowledgements.next().setCredit(credit());
        told = cause;
        if (cause != PressureCause.PRESSURE_CAUSE_UNSPECIFIED)
            progress.setPressure(Pressure.newBuilder()
                    .setCause(cause).setSuggestedRate(Math.max(1, drain.perSecond())));
        lastToldNanos = System.nanoTime();
        client.onNext(ObserveResponse.newBuilder().setProgress(progress).build());
    }

    private Credit credit() {
        creditThrough = Math.max(creditThrough, acknowledgements.durableThrough() + WINDOW);
        return Credit.newBuilder().setThroughNumber(creditThrough).setInFlightBytes(limits.bytes()).build();
    }

    /// What holds the stream up, if its client sends faster than it drains.
    private PressureCause pressure() {
        if (lacksRoom) return PressureCause.PRESSURE_CAUSE_MEMORY;
        boolean behind = bytes >= limits.bytes() / 2 || next - 1 - acknowledgements.durableThrough() > WINDOW / 2
                || preparing.size() + taking.size() > BATCHES / 2;
        if (!behind) return PressureCause.PRESSURE_CAUSE_UNSPECIFIED;
        return preparing.isEmpty() ? PressureCause.PRESSURE_CAUSE_LOG : PressureCause.PRESSURE_CAUSE_EMBEDDING;
    }

    /// Ends a stream that stays silent: one that does not open, or whose session has expired meanwhile.
    private void watch(Duration silence) {
        long left = silence.toNanos() - (System.nanoTime() - lastMessageNanos);
        boolean opened = ingest != null;
        Runnable look = () -> event(() -> {
            if (opened != (ingest != null)) return; // the opening has set a watch of its own
            boolean busy = waitsForRoom || !taking.isEmpty() || !preparing.isEmpty();
            if (!busy && System.nanoTime() - lastMessageNanos >= silence.toNanos())
                fail(opened
                        ? Refusal.of(Reason.SESSION_EXPIRED, "nothing was sent for " + silence + ", the space's session_idle")
                        : Refusal.of(Reason.INVALID_ARGUMENT, "open", "open must be sent within " + silence));
            else watch(silence);
        });
        try {
            // A busy stream is looked at again a little later, not at once.
            var _ = timers.schedule(look, Math.max(TimeUnit.MILLISECONDS.toNanos(50), left), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // The node is stopping and ends all streams.
        }
    }

    /// While batches are under way, the client hears of it even if nothing has become durable.
    private void stayAlive() {
        Runnable look = () -> event(() -> {
            boolean busy = waitsForRoom || !taking.isEmpty() || !preparing.isEmpty();
            if (busy && System.nanoTime() - lastToldNanos >= SIGN_OF_LIFE.toNanos()) acknowledgements.touch();
            stayAlive();
        });
        try {
            var _ = timers.schedule(look, SIGN_OF_LIFE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // The node is stopping and ends all streams.
        }
    }

    private void fail(Refusal refusal) {
        if (ended) return;
        release();
        client.onError(refusal.toException());
    }

    /// Gives everything back. Batches that the store has are given back when it is done with them.
    private void release() {
        if (ended) return;
        ended = true;
        streams.ended(this);
        embedding.forEach(Thread::interrupt);
        embedding.clear();
        preparing.forEach(batch -> inFlight.give(batch.bytes()));
        preparing.clear();
        Ingest open = ingest;
        // Closing may wait for the network; the end must not.
        if (open != null) executor.execute(open::close);
    }
}
