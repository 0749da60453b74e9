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

/// Refuses messages that are too large or that do not parse, such as text that is not UTF-8, by the one error model. (gRPC by itself would end the
/// call as if the node had failed.) Works on services whose messages are streams of bytes at this point.
record MessageInterceptor(long maxBytes) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        Closing<Q, A> closing = new Closing<>(call);
        return new SimpleForwardingServerCallListener<>(next.startCall(closing, headers)) {
            @Override
            public void onMessage(Q message) {
                if (closing.refused) return;
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

        Closing(ServerCall<Q, A> call) {
            super(call);
        }

        void refuse(Refusal refusal) {
            refused = true;
            StatusRuntimeException status = refusal.toException();
            super.close(status.getStatus(), status.getTrailers() == null ? new Metadata() : status.getTrailers());
        }

        /// After a refusal the handler may still want to end the call.
        @Override
        public void close(Status status, Metadata trailers) {
            if (!refused) super.close(status, trailers);
        }

        @Override
        public void sendMessage(A message) {
            if (!refused) super.sendMessage(message);
        }
    }
}
