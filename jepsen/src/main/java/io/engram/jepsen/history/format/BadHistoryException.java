package io.engram.jepsen.history.format;

/// Text that is no history. Says where, and which rule it breaks.
public final class BadHistoryException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int line;

    public BadHistoryException(int line, String rule) {
        super("line " + line + ": " + rule);
        this.line = line;
    }

    BadHistoryException(int line, String rule, Throwable cause) {
        super("line " + line + ": " + rule, cause);
        this.line = line;
    }

    /// From 1.
    public int line() {
        return line;
    }
}
