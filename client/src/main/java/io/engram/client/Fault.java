package io.engram.client;

import io.grpc.Status;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Why a call failed, as the node or this client said it.
///
/// @param code canonical gRPC code
/// @param reason stable name, such as `VERSION_CONFLICT`; empty where nothing but the code is known
/// @param message for humans
/// @param violations fields of the request that break a rule
/// @param metadata what the reason comes with
/// @param retryAfter the node asks to wait this long before asking again
public record Fault(
        Status.Code code,
        String reason,
        String message,
        List<FieldViolation> violations,
        Map<String, String> metadata,
        Optional<Duration> retryAfter) {
    public Fault {
        violations = List.copyOf(violations);
        metadata = Map.copyOf(metadata);
    }

    /// A field of the request and the rule it breaks.
    ///
    /// @param field path, such as `observation.vector`
    public record FieldViolation(String field, String description) {}

    /// A fault that the client itself found.
    static Fault local(Status.Code code, String reason, String message) {
        return new Fault(code, reason, message, List.of(), Map.of(), Optional.empty());
    }

    String oneLine() {
        StringBuilder line = new StringBuilder(reason.isEmpty() ? code.name() : reason);
        if (!message.isEmpty()) line.append(": ").append(message);
        for (FieldViolation violation : violations)
            line.append(" [").append(violation.field()).append(": ").append(violation.description()).append(']');
        return line.toString();
    }
}
