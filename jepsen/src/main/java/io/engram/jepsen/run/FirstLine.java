package io.engram.jepsen.run;

/// What an exception says, where there is one line for it. The lines after the first are the end of some log.
public final class FirstLine {
    private FirstLine() {}

    /// One without a message is named.
    public static String of(Throwable fault) {
        String message = fault.getMessage();
        return message == null || message.isBlank() ? fault.toString() : message.strip().lines().findFirst().orElseThrow();
    }
}
