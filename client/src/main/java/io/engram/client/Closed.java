package io.engram.client;

import io.grpc.Status;

/// What calls on a closed client end with.
final class Closed {
    private Closed() {}

    static EngramException exception() {
        return new CancelledException(Fault.local(Status.Code.CANCELLED, "CLIENT_CLOSED", "this client has been closed"), null);
    }
}
