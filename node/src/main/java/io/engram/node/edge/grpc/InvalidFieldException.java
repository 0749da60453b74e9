package io.engram.node.edge.grpc;

import io.engram.grid.Reason;

/// A field of a request that breaks a rule.
final class InvalidFieldException extends RuntimeException {
    private static final long serialVersionUID = 1;
    // Paths and rules quote what the client sent. Statuses travel in headers, of which clients take 8 KiB in all.
    private static final int MAX_FIELD_CHARS = 128;
    private static final int MAX_RULE_CHARS = 256;
    private final Reason reason;
    private final String field;

    /// @param field path from the request's root, as in `observation.attributes["x"].string_value`
    /// @param rule completes the sentence that starts with the field: `must be 1..1000, was 0`
    InvalidFieldException(String field, String rule) {
        this(Reason.INVALID_ARGUMENT, field, rule);
    }

    InvalidFieldException(Reason reason, String field, String rule) {
        super(cut(rule, MAX_RULE_CHARS), null, false, false); // no stack trace: bad input is no fault of this process
        this.reason = reason;
        this.field = cut(field, MAX_FIELD_CHARS);
    }

    private static String cut(String text, int max) {
        if (text.length() <= max) return text;
        int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
        return text.substring(0, end) + "…";
    }

    Reason reason() {
        return reason;
    }

    String field() {
        return field;
    }

    String rule() {
        return String.valueOf(getMessage());
    }
}
