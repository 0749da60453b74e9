package io.engram.jepsen.nemesis;

/// A fault could not be injected, had no effect, or could not be healed.
public final class FaultException extends Exception {
    public FaultException(String message) {
        super(message);
    }

    public FaultException(String message, Throwable cause) {
        super(message, cause);
    }
}
