package io.engram.node.edge.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.OutcomeUnknownException;
import io.grpc.Status.Code;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;

/// Why a call, a stream or one item of a stream was not carried out, on its way to the wire. docs/errors.md is the reader's side of it.
///
/// @param field path of the field at fault; empty: no field is
/// @param retryAfter empty: the same request will not fare better later
record Refusal(
        Reason reason, String message, String field, Map<String, String> metadata, Optional<java.time.Duration> retryAfter) {
    static final String DOMAIN = "engram.io";

    Refusal {
        metadata = Map.copyOf(metadata);
    }

    static Refusal of(Reason reason, String message) {
        return new Refusal(reason, message, "", Map.of(), retryAfter(reason));
    }

    static Refusal of(Reason reason, String field, String message) {
        return new Refusal(reason, message, field, Map.of(), retryAfter(reason));
    }

    /// @param write whether the call may have changed something when it was interrupted
    static Refusal of(Throwable failure, boolean write) {
        return switch (failure) {
            case InvalidFieldException invalid ->
                of(invalid.reason(), invalid.field(), (invalid.field() + " " + invalid.rule()).strip());
            case RefusedException refused -> {
                Map<String, String> metadata = new LinkedHashMap<>();
                if (refused.reason() == Reason.VERSION_CONFLICT || refused.reason() == Reason.REVISION_CONFLICT)
                    metadata.put("current_version", Long.toUnsignedString(refused.currentVersion()));
                yield new Refusal(refused.reason(), String.valueOf(refused.getMessage()), "", metadata, retryAfter(refused.reason()));
            }
            case OutcomeUnknownException unknown -> of(Reason.OUTCOME_UNKNOWN, String.valueOf(unknown.getMessage()));
            case CompletionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause(), write);
            case ExecutionException wrapper when wrapper.getCause() != null -> of(wrapper.getCause(), write);
            default -> write
                    // Where a write broke is not known here, so whether it took effect is not known either.
                    ? of(Reason.OUTCOME_UNKNOWN, "the node failed while it wrote (" + failure.getClass().getSimpleName() + ")")
                    : of(Reason.INTERNAL, "the node failed (" + failure.getClass().getSimpleName() + ")");
        };
    }

    /// Whether the node, not the request, is at fault: worth a line in the log.
    static boolean isOurFault(Throwable failure) {
        return !(failure instanceof InvalidFieldException
                || failure instanceof OutcomeUnknownException
                || (failure instanceof RefusedException refused && refused.reason() != Reason.INTERNAL)
                || ((failure instanceof CompletionException || failure instanceof ExecutionException)
                        && failure.getCause() != null && !isOurFault(failure.getCause())));
    }

    /// The canonical code of a reason. UNAVAILABLE means "nothing was done, ask again, perhaps elsewhere" and nothing else, because gRPC
    /// libraries retry on it by themselves; an unknown outcome must therefore never be UNAVAILABLE.
    static Code code(Reason reason) {
        return switch (reason) {
            case SPACE_NOT_FOUND, MEMORY_NOT_FOUND -> Code.NOT_FOUND;
            case SPACE_EXISTS -> Code.ALREADY_EXISTS;
            case REVISION_CONFLICT, VERSION_CONFLICT, SESSION_BUSY -> Code.ABORTED;
            case SESSION_EXPIRED, SESSION_GAP, IDEMPOTENCY_KEY_REUSED, SPACE_DOES_NOT_EMBED -> Code.FAILED_PRECONDITION;
            case INVALID_ARGUMENT, DIMENSION_MISMATCH -> Code.INVALID_ARGUMENT;
            case TOO_MANY_SPACES, SPACE_FULL, TOO_MANY_SESSIONS, IDEMPOTENCY_TABLE_FULL, OVERLOADED, DISK_FULL, MESSAGE_TOO_LARGE ->
                Code.RESOURCE_EXHAUSTED;
            case STALE, NO_LEADER, REPLICA_NOT_HERE, NOT_READY -> Code.UNAVAILABLE;
            case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
            case DEADLINE_EXCEEDED -> Code.DEADLINE_EXCEEDED;
            case OUTCOME_UNKNOWN -> Code.UNKNOWN;
            case INTERNAL -> Code.INTERNAL;
        };
    }

    /// How long to wait before the same request may fare better.
    private static Optional<java.time.Duration> retryAfter(Reason reason) {
        return switch (reason) {
            // One probe round, or the other nodes.
            case STALE, REPLICA_NOT_HERE -> Optional.of(java.time.Duration.ofMillis(200));
            case OVERLOADED -> Optional.of(java.time.Duration.ofMillis(250));
            // An election.
            case NO_LEADER, NOT_READY -> Optional.of(java.time.Duration.ofMillis(500));
            case OUTCOME_UNKNOWN -> Optional.of(java.time.Duration.ofMillis(500));
            case IDEMPOTENCY_TABLE_FULL, DISK_FULL -> Optional.of(java.time.Duration.ofSeconds(5));
            default -> Optional.empty();
        };
    }

    Status toStatus() {
        Status.Builder status = Status.newBuilder().setCode(code(reason).value()).setMessage(message);
        if (!field.isEmpty())
            status.addDetails(Any.pack(BadRequest.newBuilder()
                    .addFieldViolations(BadRequest.FieldViolation.newBuilder()
                            .setField(field).setDescription(message).setReason(reason.name()))
                    .build()));
        status.addDetails(Any.pack(ErrorInfo.newBuilder()
                .setReason(reason.name()).setDomain(DOMAIN).putAllMetadata(metadata).build()));
        retryAfter.ifPresent(wait -> status.addDetails(Any.pack(RetryInfo.newBuilder()
                .setRetryDelay(Duration.newBuilder().setSeconds(wait.getSeconds()).setNanos(wait.getNano()))
                .build())));
        return status.build();
    }

    StatusRuntimeException toException() {
        return StatusProto.toStatusRuntimeException(toStatus());
    }
}
