package io.engram.grid.route;

import io.engram.grid.Reason;
import io.engram.grid.RefusedException;
import io.engram.grid.log.OutcomeUnknownException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;

/// What went wrong, in the words of the facade.
final class Faults {
    private Faults() {}

    /// Without the wrappings of futures.
    static Throwable bare(Throwable fault) {
        Throwable bare = fault;
        while ((bare instanceof CompletionException || bare instanceof ExecutionException) && bare.getCause() != null) bare = bare.getCause();
        return bare;
    }

    static RefusedException refusal(Throwable fault) {
        return switch (bare(fault)) {
            case RefusedException refused -> refused;
            case OutcomeUnknownException unknown -> new RefusedException(Reason.OUTCOME_UNKNOWN, String.valueOf(unknown.getMessage()), unknown);
            case TimeoutException timeout -> new RefusedException(Reason.DEADLINE_EXCEEDED, "the deadline passed", timeout);
            case Throwable other -> new RefusedException(Reason.INTERNAL, other.toString(), other);
        };
    }
}
