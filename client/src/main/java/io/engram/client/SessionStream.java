package io.engram.client;

import io.engram.v1.MemoryServiceGrpc;
import io.engram.v1.ObserveRequest;
import io.engram.v1.ObserveResponse;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ClientResponseObserver;
import org.jspecify.annotations.Nullable;

/// One stream to one node. Messages are asked for one at a time, so that a slow listener slows the node and fills no buffer.
/// Sending is guarded by the session's lock.
final class SessionStream implements ClientResponseObserver<ObserveRequest, ObserveResponse> {
    /// Called by gRPC, one at a time for each stream.
    interface Events {
        void heard(SessionStream stream, ObserveResponse response);

        void ready(SessionStream stream);

        void ended(SessionStream stream, Fault fault);
    }

    private final NodeLink node;
    private final Events events;
    private @Nullable ClientCallStreamObserver<ObserveRequest> requests;

    private SessionStream(NodeLink node, Events events) {
        this.node = node;
        this.events = events;
    }

    static SessionStream open(NodeLink node, Events events) {
        SessionStream stream = new SessionStream(node, events);
        // The observer that comes back is the one that beforeStart has been given.
        var unused = ClientCalls.asyncBidiStreamingCall(
                node.channel().newCall(MemoryServiceGrpc.getObserveMethod(), CallOptions.DEFAULT), stream);
        return stream;
    }

    NodeLink node() {
        return node;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ObserveRequest> requests) {
        this.requests = requests;
        requests.disableAutoRequestWithInitial(1);
        requests.setOnReadyHandler(() -> events.ready(this));
    }

    private ClientCallStreamObserver<ObserveRequest> requests() {
        if (requests == null) throw new IllegalStateException("gRPC did not start the stream");
        return requests;
    }

    boolean isReady() {
        return requests().isReady();
    }

    void send(ObserveRequest request) {
        requests().onNext(request);
    }

    void askForNext() {
        requests().request(1);
    }

    void halfClose() {
        requests().onCompleted();
    }

    void cancel(String why) {
        requests().cancel(why, null);
    }

    @Override
    public void onNext(ObserveResponse response) {
        events.heard(this, response);
    }

    @Override
    public void onError(Throwable failure) {
        events.ended(this, Faults.of(failure));
    }

    @Override
    public void onCompleted() {
        events.ended(this, Fault.local(io.grpc.Status.Code.UNAVAILABLE, "", "the node ended the stream"));
    }
}
