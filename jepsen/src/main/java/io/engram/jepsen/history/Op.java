package io.engram.jepsen.history;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One event of a history.
///
/// The nemesis' events are of three functions: `inject` and `heal`, invoked with the planned fault ({id, fault, target}) and
/// completed as INFO with what was seen ({id, fault, nodes, seen, tool}, or with an error), and `phase`, an INFO without an
/// invocation whose value names what begins: mixed, healing, quiet, closing.
///
/// @param index place in the history, from 0
/// @param process the client, 0 and up: it has one operation open at a time, and ends with an INFO; [#NEMESIS] for faults
/// @param function what is done: read, write, cas, add, ...
/// @param key for operations on one of many independent objects; null where there is only one
/// @param value the argument of an invocation, the result of an OK
/// @param time in ns since the history began, on one monotonic clock for all events
/// @param error why it failed or is unknown, in a stable short form; null otherwise
public record Op(
        int index,
        OpType type,
        int process,
        String function,
        @Nullable String key,
        Value value,
        long time,
        Evidence evidence,
        @Nullable String error) {
    public static final int NEMESIS = -1;

    public Op {
        if (process < NEMESIS) throw new IllegalArgumentException("process must be " + NEMESIS + " (the nemesis) or more, was " + process);
        if (time < 0) throw new IllegalArgumentException("time must not be negative, was " + time);
        Objects.requireNonNull(value, "value (use Value.NIL)");
    }

    public boolean ofClient() {
        return process != NEMESIS;
    }
}
