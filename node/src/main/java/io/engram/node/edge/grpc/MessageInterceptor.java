package io.engram.node.edge.grpc;

import io.engram.grid.Reason;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/// Refuses messages that are too large, that do not come, or that do not parse, such as text that is not UTF-8, by the one error model. (gRPC by itself would end the
/// call as if the node had failed.) Works on services whose messages are streams of bytes at this point.
record MessageInterceptor(long maxBytes) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Closing<Q, A> closing = new Closing<>(call);
        Reception reception = Reception.current();
        if (reception != null) reception.attach(closing::refuseFromOutside, call.getMethodDescriptor().getType().clientSendsOneMessage());
        ServerCall.Listener<Q> handler = next.startCall(closing, headers);
        closing.handlerHasBegun(handler::onCancel);
        return new SimpleForwardingServerCallListener<>(handler) {
            @Override
            public void onMessage(Q message) {
                if (!closing.refused) take(message);
                if (reception != null) reception.handedOver();
            }

            private void take(Q message) {
                int size = size((InputStream) message);
                if (size > maxBytes) {
                    closing.refuse(Refusal.of(Reason.MESSAGE_TOO_LARGE,
                            "the message has " + size + " bytes, more than the " + maxBytes + " that this node takes"));
                    onCancel();
                    return;
                }
                try {
                    super.onMessage(message);
                } catch (StatusRuntimeException e) {
                    // Thrown by the parser: handlers answer through the call.
                    closing.refuse(Refusal.of(Reason.INVALID_ARGUMENT, "the message is not what this method takes: "
                            + (e.getCause() == null ? e.getStatus().getDescription() : e.getCause().getMessage())));
                    onCancel();
                }
            }

            @Override
            public void onHalfClose() {
                if (!closing.refused) super.onHalfClose();
            }
        };
    }

    private static int size(InputStream message) {
        try {
            return message.available();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static final class Closing<Q, A> extends SimpleForwardingServerCall<Q, A> {
        private volatile boolean refused;
        private volatile Runnable cancelHandler = () -> {};
        private boolean closed;

        Closing(ServerCall<Q, A> call) {
            super(call);
        }

        void refuse(Refusal refusal) {
            refused = true;
            StatusRuntimeException status = refusal.toException();
            end(status.getStatus(), status.getTrailers() == null ? new Metadata() : status.getTrailers());
        }

        /// On any thread, whatever the handler is doing.
        void refuseFromOutside(Refusal refusal) {
            if (refused) return;
            refuse(refusal);
            cancelHandler.run();
        }

        /// @param cancel to gRPC a call that was closed here is complete, and a handler that waits for more would not hear of it
        void handlerHasBegun(Runnable cancel) {
            cancelHandler = cancel;
            if (refused) cancel.run();
        }

        /// After a refusal the handler may still want to end the call.
        @Override
        public void close(Status status, Metadata trailers) {
            if (!refused) end(status, trailers);
        }

        // A call is for one thread at a time, and a refusal may come from another than the handler's.
        private synchronized void end(Status status, Metadata trailers) {
            if (closed) return;
            closed = true;
            super.close(status, trailers);
        }

        @Override
        public synchronized void sendHeaders(Metadata headers) {
            if (!closed) super.sendHeaders(headers);
        }

        @Override
        public synchronized void sendMessage(A message) {
            if (!closed) super.sendMessage(message);
        }
    }
}
