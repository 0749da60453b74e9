package io.engram.node.edge.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.ErrorInfo;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.util.concurrent.atomic.AtomicBoolean;

/// Counts every call once, whether it was answered, refused, or left by its client.
record MetricsInterceptor(CallMetrics metrics) implements ServerInterceptor {
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        long start = System.nanoTime();
        AtomicBoolean counted = new AtomicBoolean();
        boolean unary = call.getMethodDescriptor().getType().serverSendsOneMessage();
        String method = call.getMethodDescriptor().getFullMethodName();
        ServerCall<Q, A> watched = new SimpleForwardingServerCall<>(call) {
            @Override
            public void close(Status status, Metadata trailers) {
                if (counted.compareAndSet(false, true)) count(status.getCode(), status, trailers);
                super.close(status, trailers);
            }

            private void count(Status.Code code, Status status, Metadata trailers) {
                metrics.ended(method, unary, code, (System.nanoTime() - start) / 1e9);
                if (!status.isOk()) countReason(status, trailers);
            }
        };
        return new SimpleForwardingServerCallListener<>(next.startCall(watched, headers)) {
            @Override
            public void onCancel() {
                if (counted.compareAndSet(false, true))
                    metrics.ended(method, unary, Status.Code.CANCELLED, (System.nanoTime() - start) / 1e9);
                super.onCancel();
            }
        };
    }

    private void countReason(Status status, Metadata trailers) {
        com.google.rpc.Status details = StatusProto.fromStatusAndTrailers(status, trailers);
        try {
            for (Any detail : details.getDetailsList())
                if (detail.is(ErrorInfo.class)) metrics.refused(detail.unpack(ErrorInfo.class));
        } catch (InvalidProtocolBufferException e) {
            throw new IllegalStateException("a status of our own does not parse", e);
        }
    }
}
