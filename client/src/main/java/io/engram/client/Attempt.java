package io.engram.client;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// One attempt of a call at one node.
final class Attempt {
    private Attempt() {}

    /// What became of an attempt that failed.
    ///
    /// @serial exclude
    static final class Failed extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final transient Fault fault;
        private final transient NodeLink node;
        private final boolean sent;

        Failed(Fault fault, NodeLink node, boolean sent, Throwable cause) {
            super(cause);
            this.fault = fault;
            this.node = node;
            this.sent = sent;
        }

        Fault fault() {
            return fault;
        }

        NodeLink node() {
            return node;
        }

        /// Something left this machine. If not, the node cannot have done anything.
        boolean sent() {
            return sent;
        }

        /// The node said itself, by a reason, that nothing was done; otherwise a request that was sent may have been carried out.
        boolean nothingDone() {
            if (!sent) return true;
            return switch (fault.reason()) {
                case "OUTCOME_UNKNOWN", "DEADLINE_EXCEEDED", "INTERNAL" -> false;
                case "" -> switch (fault.code()) {
                    case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, UNKNOWN, INTERNAL, DATA_LOSS -> false;
                    default -> true;
                };
                default -> true;
            };
        }

        /// Its time passed without a word of the node.
        boolean nothingHeard() {
            return fault.reason().isEmpty() && fault.code() == Status.Code.DEADLINE_EXCEEDED;
        }

        /// The node itself seems unwell, not the request or the cluster.
        boolean nodeUnwell() {
            return switch (fault.reason()) {
                case "" -> switch (fault.code()) {
                    case UNAVAILABLE, DEADLINE_EXCEEDED, UNKNOWN, INTERNAL -> true;
                    default -> false;
                };
                case "NOT_READY", "DISK_FULL" -> true;
                default -> false;
            };
        }
    }

    /// Reasons of the node that was asked, not of the request or the cluster: another node may do better at once.
    static boolean elsewhereMayDo(Fault fault) {
        return switch (fault.reason()) {
            case "STALE", "REPLICA_NOT_HERE", "NOT_READY", "NO_LEADER", "DISK_FULL", "" -> true;
            default -> false;
        };
    }

    /// Completes with a reply or a [Failed]. Cancelling it cancels the attempt.
    static <Q, R> CompletableFuture<R> make(
            NodeLink node, MethodDescriptor<Q, R> method, Q request, Duration deadline) {
        AtomicBoolean sent = new AtomicBoolean();
        CallOptions options = CallOptions.DEFAULT
                .withDeadlineAfter(deadline.toNanos(), TimeUnit.NANOSECONDS)
                .withStreamTracerFactory(new SentTracer(sent));
        ListenableFuture<R> reply = ClientCalls.futureUnaryCall(node.channel().newCall(method, options), request);
        CompletableFuture<R> attempt = new CompletableFuture<>();
        Futures.addCallback(
                reply,
                new FutureCallback<R>() {
                    @Override
                    public void onSuccess(@Nullable R response) {
                        attempt.complete(Objects.requireNonNull(response)); // a unary call has exactly one
                    }

                    @Override
                    public void onFailure(Throwable failure) {
                        attempt.completeExceptionally(new Failed(Faults.of(failure), node, sent.get(), failure));
                    }
                },
                MoreExecutors.directExecutor());
        var unused = attempt.whenComplete((response, failure) -> {
            if (attempt.isCancelled()) reply.cancel(true);
        });
        return attempt;
    }

    private static final class SentTracer extends ClientStreamTracer.Factory {
        private final AtomicBoolean sent;

        SentTracer(AtomicBoolean sent) {
            this.sent = sent;
        }

        @Override
        public ClientStreamTracer newClientStreamTracer(ClientStreamTracer.StreamInfo info, Metadata headers) {
            return new ClientStreamTracer() {
                @Override
                public void outboundHeaders() {
                    sent.set(true);
                }
            };
        }
    }
}
