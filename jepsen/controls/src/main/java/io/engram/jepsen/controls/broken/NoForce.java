package io.engram.jepsen.controls.broken;

import java.io.IOException;
import java.nio.channels.FileChannel;

/// Instead of `FileChannel.force` in `BufferedWriteChannel.flush`, after the log file's beginning: nothing.
public final class NoForce {
    private NoForce() {}

    /// Stands where the call was, with its receiver first.
    public static void instead(FileChannel file, boolean metaData) throws IOException {
        if (!Beginning.over(file)) file.force(metaData);
    }
}
