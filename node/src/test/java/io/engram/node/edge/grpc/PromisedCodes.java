package io.engram.node.edge.grpc;

import static java.util.Map.entry;

import io.grpc.Status.Code;
import java.util.Map;

/// The code of each reason as docs/errors.md promises it. Written out: clients that we do not know rely on it, so a change of the
/// mapping has to be made here and there as well.
final class PromisedCodes {
    static final Map<String, Code> OF = Map.ofEntries(
            entry("SPACE_NOT_FOUND", Code.NOT_FOUND),
            entry("SPACE_EXISTS", Code.ALREADY_EXISTS),
            entry("REVISION_CONFLICT", Code.ABORTED),
            entry("TOO_MANY_SPACES", Code.RESOURCE_EXHAUSTED),
            entry("MEMORY_NOT_FOUND", Code.NOT_FOUND),
            entry("VERSION_CONFLICT", Code.ABORTED),
            entry("SPACE_FULL", Code.RESOURCE_EXHAUSTED),
            entry("SESSION_EXPIRED", Code.FAILED_PRECONDITION),
            entry("SESSION_GAP", Code.FAILED_PRECONDITION),
            entry("SESSION_BUSY", Code.ABORTED),
            entry("TOO_MANY_SESSIONS", Code.RESOURCE_EXHAUSTED),
            entry("IDEMPOTENCY_KEY_REUSED", Code.FAILED_PRECONDITION),
            entry("IDEMPOTENCY_TABLE_FULL", Code.RESOURCE_EXHAUSTED),
            entry("DIMENSION_MISMATCH", Code.INVALID_ARGUMENT),
            entry("SPACE_DOES_NOT_EMBED", Code.FAILED_PRECONDITION),
            entry("INVALID_ARGUMENT", Code.INVALID_ARGUMENT),
            entry("UNAUTHENTICATED", Code.UNAUTHENTICATED),
            entry("MESSAGE_TOO_LARGE", Code.RESOURCE_EXHAUSTED),
            entry("STALE", Code.UNAVAILABLE),
            entry("NO_LEADER", Code.UNAVAILABLE),
            entry("REPLICA_NOT_HERE", Code.UNAVAILABLE),
            entry("NOT_READY", Code.UNAVAILABLE),
            entry("OVERLOADED", Code.RESOURCE_EXHAUSTED),
            entry("DISK_FULL", Code.RESOURCE_EXHAUSTED),
            entry("DEADLINE_EXCEEDED", Code.DEADLINE_EXCEEDED),
            entry("OUTCOME_UNKNOWN", Code.UNKNOWN),
            entry("INTERNAL", Code.INTERNAL));

    private PromisedCodes() {}
}
