package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.SpaceName;
import io.engram.node.text.TextEmbedding;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;

/// The Observe streams that are open at this node: so many and no more, and one for each session. Safe for use by many threads.
final class ObserveStreams {
    private final Memories memories;
    private final ObservationReader observations;
    private final TextEmbedding texts;
    private final InFlight inFlight;
    private final Limits limits;
    private final Executor executor;
    private final ScheduledExecutorService timers;
    private final Semaphore places;
    private final Set<ObserveStream> open = ConcurrentHashMap.newKeySet();
    private final ConcurrentMap<Session, ObserveStream> sessions = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Session(SpaceName space, SessionId session) {}

    /// @param streams open at once
    /// @param bytes that a stream may have in flight
    /// @param openWithin a new stream must name its session by then
    /// @param taking deadline of each batch, once it is embedded
    /// @param embedding deadline of a batch's texts, which may wait for those of other streams
    record Limits(int streams, long bytes, Duration openWithin, Duration taking, Duration embedding) {}

    /// @param executor runs what blocks: a virtual thread for each task
    ObserveStreams(
            Memories memories, ObservationReader observations, TextEmbedding texts, InFlight inFlight, Limits limits,
            Executor executor, ScheduledExecutorService timers) {
        this.memories = memories;
        this.observations = observations;
        this.texts = texts;
        this.inFlight = inFlight;
        this.limits = limits;
        this.executor = executor;
        this.timers = timers;
        this.places = new Semaphore(limits.streams());
    }

    StreamObserver<ObserveRequest> open(StreamObserver<ObserveResponse> observer) {
        ServerCallStreamObserver<ObserveResponse> client = (ServerCallStreamObserver<ObserveResponse>) observer;
        if (closed) return refused(client, stopping());
        if (!places.tryAcquire())
            return refused(client, Refusal.of(Reason.OVERLOADED, "this node has " + limits.streams() + " open streams already"));
        ObserveStream stream =
                new ObserveStream(client, this, memories, observations, texts, inFlight, limits, executor, timers);
        open.add(stream);
        stream.start();
        // Closing may have looked before it was added.
        if (closed) stream.end(stopping());
        return stream.inbound();
    }

    private static Refusal stopping() {
        return Refusal.of(Reason.NOT_READY, "this node is stopping");
    }

    private static StreamObserver<ObserveRequest> refused(ServerCallStreamObserver<ObserveResponse> client, Refusal refusal) {
        client.onError(refusal.toException());
        return new StreamObserver<>() {
            @Override
            public void onNext(ObserveRequest request) {}

            @Override
            public void onError(Throwable failure) {}

            @Override
            public void onCompleted() {}
        };
    }

    /// The newer stream wins: the older one belongs to a connection that its client has given up, or to a second client by mistake.
    void takeOver(SpaceName space, SessionId session, ObserveStream stream) {
        ObserveStream older = sessions.put(new Session(space, session), stream);
        if (older != null && older != stream)
            older.end(Refusal.of(Reason.SESSION_BUSY, "another stream has opened session '" + session.value() + "'"));
    }

    void ended(ObserveStream stream) {
        if (!open.remove(stream)) return;
        sessions.values().remove(stream);
        places.release();
    }

    int count() {
        return open.size();
    }

    /// Ends all streams; their clients resume at another node.
    void close() {
        closed = true;
        open.forEach(stream -> stream.end(stopping()));
    }
}
