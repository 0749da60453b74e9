package io.engram.jepsen.store;

import io.engram.client.AccessDeniedException;
import io.engram.client.AlreadyExistsException;
import io.engram.client.CancelledException;
import io.engram.client.ConflictException;
import io.engram.client.DeadlineException;
import io.engram.client.EngramException;
import io.engram.client.InternalException;
import io.engram.client.InvalidArgumentException;
import io.engram.client.NotFoundException;
import io.engram.client.OutcomeUnknownException;
import io.engram.client.OverloadedException;
import io.engram.client.PreconditionException;
import io.engram.client.ProofRejectedException;
import io.engram.client.SessionExpiredException;
import io.engram.client.StaleException;
import io.engram.client.UnavailableException;

/// What an exception of the client proves about the call.
final class Certainty {
    /// The client refused an answer because its proof did not hold what was asked for: a checker looks for it.
    static final String PROOF_REJECTED = "PROOF_REJECTED";

    private Certainty() {}

    /// Refusals that docs/errors.md promises to have changed nothing are taken at their word: where one is wrong, the write that
    /// was said to have failed will be seen by a read, and the checker says so. Whatever promises nothing is unknown, though the
    /// client's contract would have it otherwise.
    static StoreException of(EngramException failure) {
        String reason = failure.reason().isEmpty() ? failure.code().name() : failure.reason();
        return switch (failure) {
            case InvalidArgumentException e -> new StoreException.NotDone(reason, e);
            case NotFoundException e -> new StoreException.NotDone(reason, e);
            case AlreadyExistsException e -> new StoreException.NotDone(reason, e);
            case ConflictException e -> new StoreException.NotDone(reason, e);
            case PreconditionException e -> new StoreException.NotDone(reason, e);
            case AccessDeniedException e -> new StoreException.NotDone(reason, e);
            case SessionExpiredException e -> new StoreException.NotDone(reason, e);
            // Never left this machine, or a node said by a reason that nothing was done.
            case UnavailableException e -> new StoreException.NotDone(reason, e);
            case OverloadedException e -> new StoreException.NotDone(reason, e);
            case OutcomeUnknownException e -> new StoreException.Unknown(reason, e);
            case DeadlineException e -> new StoreException.Unknown(reason, e);
            case InternalException e -> new StoreException.Unknown(reason, e);
            case CancelledException e -> new StoreException.Unknown(reason, e);
            case StaleException e -> new StoreException.Unknown(reason, e);
            case ProofRejectedException e -> new StoreException.Unknown(PROOF_REJECTED, e);
        };
    }
}
