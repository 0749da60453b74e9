package io.engram.client;

import io.grpc.Status;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A call that did not end well. Each kind that a caller may act upon is a class of its own.
///
/// Nothing was changed by the call, unless this is an [OutcomeUnknownException].
public abstract sealed class EngramException extends RuntimeException
        permits InvalidArgumentException,
                NotFoundException,
                AlreadyExistsException,
                ConflictException,
                PreconditionException,
                AccessDeniedException,
                OutcomeUnknownException,
                StaleException,
                ProofRejectedException,
                UnavailableException,
                OverloadedException,
                DeadlineException,
                SessionExpiredException,
                CancelledException,
                InternalException {
    private static final long serialVersionUID = 1;

    private final transient Fault fault;

    EngramException(Fault fault, @Nullable Throwable cause) {
        super(fault.oneLine(), cause);
        this.fault = fault;
    }

    public Fault fault() {
        return fault;
    }

    /// Stable name of what went wrong, such as `SPACE_NOT_FOUND`; empty where nothing but the code is known.
    public String reason() {
        return fault.reason();
    }

    /// Canonical gRPC code.
    public Status.Code code() {
        return fault.code();
    }

    public List<Fault.FieldViolation> violations() {
        return fault.violations();
    }
}
