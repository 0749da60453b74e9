package io.engram.client;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.protobuf.StatusProto;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// From the wire's failures to ours: status and google.rpc details become a [Fault], a fault becomes the exception of
/// its kind.
final class Faults {
    private Faults() {}

    static Fault of(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        Metadata trailers = Status.trailersFromThrowable(failure);
        Fault fault = of(StatusProto.fromStatusAndTrailers(status, trailers));
        return fault.reason().isEmpty() ? Handshake.explained(fault, failure) : fault;
    }

    static Fault of(com.google.rpc.Status status) {
        String reason = "";
        Map<String, String> metadata = new HashMap<>();
        List<Fault.FieldViolation> violations = new ArrayList<>();
        Optional<Duration> retryAfter = Optional.empty();
        for (Any detail : status.getDetailsList()) {
            try {
                if (detail.is(ErrorInfo.class)) {
                    ErrorInfo info = detail.unpack(ErrorInfo.class);
                    reason = info.getReason();
                    metadata.putAll(info.getMetadataMap());
                } else if (detail.is(BadRequest.class)) {
                    for (BadRequest.FieldViolation violation : detail.unpack(BadRequest.class).getFieldViolationsList())
                        violations.add(new Fault.FieldViolation(violation.getField(), violation.getDescription()));
                } else if (detail.is(RetryInfo.class)) {
                    retryAfter = Optional.of(Wire.duration(detail.unpack(RetryInfo.class).getRetryDelay()));
                }
            } catch (InvalidProtocolBufferException damaged) {
                // The code and message still tell what happened; a detail that cannot be read must not hide them.
                metadata.put("unreadable_detail", detail.getTypeUrl());
            }
        }
        Status.Code code = Status.fromCodeValue(status.getCode()).getCode();
        return new Fault(code, reason, status.getMessage(), violations, metadata, retryAfter);
    }

    /// The exception for a call of which it is certain that it changed nothing.
    static EngramException exception(Fault fault, @Nullable Throwable cause) {
        return switch (fault.reason()) {
            case "SESSION_EXPIRED" -> new SessionExpiredException(fault, cause);
            case "STALE" -> new StaleException(fault, cause);
            case "SESSION_BUSY" -> new ConflictException(fault, cause);
            // Exhausted, but not by load: waiting does not help.
            case "MESSAGE_TOO_LARGE" -> new InvalidArgumentException(fault, cause);
            case "SPACE_FULL", "TOO_MANY_SPACES", "TOO_MANY_SESSIONS" -> new PreconditionException(fault, cause);
            default -> byCode(fault, cause);
        };
    }

    private static EngramException byCode(Fault fault, @Nullable Throwable cause) {
        return switch (fault.code()) {
            case INVALID_ARGUMENT, OUT_OF_RANGE -> new InvalidArgumentException(fault, cause);
            case NOT_FOUND -> new NotFoundException(fault, cause);
            case ALREADY_EXISTS -> new AlreadyExistsException(fault, cause);
            case ABORTED -> new ConflictException(fault, cause);
            case FAILED_PRECONDITION, UNIMPLEMENTED -> new PreconditionException(fault, cause);
            case UNAUTHENTICATED, PERMISSION_DENIED -> new AccessDeniedException(fault, cause);
            case RESOURCE_EXHAUSTED -> new OverloadedException(fault, cause);
            case UNAVAILABLE -> new UnavailableException(fault, cause);
            case DEADLINE_EXCEEDED -> new DeadlineException(fault, cause);
            case CANCELLED -> new CancelledException(fault, cause);
            case OK, UNKNOWN, INTERNAL, DATA_LOSS -> new InternalException(fault, cause);
        };
    }

    /// The same failure once more, for another thread: its stack is the caller's, its cause the original.
    static EngramException again(EngramException failure) {
        if (failure instanceof OutcomeUnknownException unknown)
            return new OutcomeUnknownException(failure.fault(), unknown.idempotencyKey().orElse(null), failure);
        if (failure instanceof ProofRejectedException rejected)
            return new ProofRejectedException(failure.fault(), rejected.proof(), failure);
        return exception(failure.fault(), failure);
    }
}
