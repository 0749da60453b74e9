package io.engram.jepsen.docker;

/// What the kernel says of a node's process.
///
/// @param pid inside the container; 0: there is none
/// @param state as in `/proc/PID/stat`: R, S, D, T (stopped), Z
public record Life(long pid, char state) {
    static final Life NONE = new Life(0, '-');

    /// @param text `PID STATE`, or nothing
    static Life parse(String text) {
        String[] parts = text.strip().split(" ", -1);
        return parts.length == 2 && parts[1].length() == 1 ? new Life(Long.parseLong(parts[0]), parts[1].charAt(0)) : NONE;
    }

    public boolean exists() {
        return pid != 0 && state != 'Z' && state != 'X';
    }

    public boolean stopped() {
        return exists() && (state == 'T' || state == 't');
    }

    public boolean runs() {
        return exists() && !stopped();
    }
}
