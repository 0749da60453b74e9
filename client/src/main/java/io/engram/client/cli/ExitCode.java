package io.engram.client.cli;

import io.engram.client.AlreadyExistsException;
import io.engram.client.ConflictException;
import io.engram.client.DeadlineException;
import io.engram.client.EngramException;
import io.engram.client.InvalidArgumentException;
import io.engram.client.NotFoundException;
import io.engram.client.OutcomeUnknownException;
import io.engram.client.OverloadedException;
import io.engram.client.ProofRejectedException;
import io.engram.client.StaleException;
import io.engram.client.UnavailableException;

/// What the shell learns. Documented in every command's help; scripts rely on them.
final class ExitCode {
    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;
    static final int NOT_FOUND = 3;
    static final int CONFLICT = 4;
    static final int UNAVAILABLE = 5;
    static final int OUTCOME_UNKNOWN = 6;
    static final int INVALID = 7;
    static final int PARTLY = 8;

    static final String HELP = "%nExit codes: 0 done; 1 failed; 2 wrong usage; 3 not found; 4 conflict or exists already; 5 unavailable, overloaded, "
            + "too stale or out of time; 6 outcome unknown, ask again with the same --idempotency-key; 7 refused as invalid; "
            + "8 done in part, what was left out is listed.";

    private ExitCode() {}

    static int of(EngramException failure) {
        if (failure instanceof NotFoundException) return NOT_FOUND;
        if (failure instanceof ConflictException || failure instanceof AlreadyExistsException) return CONFLICT;
        if (failure instanceof OutcomeUnknownException) return OUTCOME_UNKNOWN;
        if (failure instanceof InvalidArgumentException) return INVALID;
        if (failure instanceof UnavailableException
                || failure instanceof OverloadedException
                || failure instanceof DeadlineException
                || failure instanceof StaleException
                || failure instanceof ProofRejectedException) return UNAVAILABLE;
        return FAILED;
    }
}
