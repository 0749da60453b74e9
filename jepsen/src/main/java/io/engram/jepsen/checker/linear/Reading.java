package io.engram.jepsen.checker.linear;

import io.engram.jepsen.history.Value;
import io.engram.jepsen.history.format.HistoryFormat;

/// How a history's ambiguous answers are read. Sources differ, and the verdict with them.
///
/// @param failedCas what a compare-and-set that failed says
/// @param nilRead what a read that returned nil says
/// @param initial what a register holds before anything was written; NIL for absent
public record Reading(FailedCas failedCas, NilRead nilRead, Value initial) {
    /// What a FAIL of a compare-and-set says.
    public enum FailedCas {
        /// The state was not the expected one at some moment of the call.
        ASSERTS,
        /// Nothing but that it did not happen: it may have been refused for any reason.
        NOTHING
    }

    /// What an OK read with nil says.
    public enum NilRead {
        /// There was no value.
        ABSENT,
        /// Nothing: the value was not recorded.
        UNKNOWN
    }

    /// Our own histories: a conflict is one of versions, not of values; nil is absent.
    public static final Reading OURS = new Reading(FailedCas.NOTHING, NilRead.ABSENT, Value.NIL);

    /// What is usual where a history of that form comes from.
    public static Reading of(HistoryFormat format) {
        return switch (format) {
            case JSON_LINES -> OURS;
            case EDN -> new Reading(FailedCas.NOTHING, NilRead.UNKNOWN, Value.NIL);
            case ETCD_LOG -> new Reading(FailedCas.ASSERTS, NilRead.ABSENT, Value.NIL);
        };
    }
}
