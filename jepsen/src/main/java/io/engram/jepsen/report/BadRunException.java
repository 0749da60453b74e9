package io.engram.jepsen.report;

/// A folder, or a file in it, is not what a run leaves behind. Names the file, the field and the rule.
public final class BadRunException extends RuntimeException {
    private static final long serialVersionUID = 1;

    BadRunException(String message) {
        super(message);
    }

    BadRunException(String message, Throwable cause) {
        super(message, cause);
    }
}
