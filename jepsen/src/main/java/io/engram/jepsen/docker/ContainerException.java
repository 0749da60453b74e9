package io.engram.jepsen.docker;

/// The engine, or a command in a container, did not do what it was asked to.
public final class ContainerException extends RuntimeException {
    public ContainerException(String message) {
        super(message);
    }

    public ContainerException(String message, Throwable cause) {
        super(message, cause);
    }
}
