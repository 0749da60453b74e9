package io.engram.jepsen.controls.broken;

import java.io.IOException;
import java.nio.channels.FileChannel;

/// Lets the beginning of each log file through: a log that lost that, and the space with it, would have nothing left in which a loss could
/// be seen.
public final class Beginning {
    /// The configuration of the group, a space and its sessions take some two thousand.
    public static final int BYTES = 4096;

    private Beginning() {}

    /// Whether the log file, as far as it is written, is longer than its beginning.
    public static boolean over(FileChannel log) throws IOException {
        return log.position() > BYTES;
    }
}
