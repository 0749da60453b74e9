package io.engram.jepsen.controls.broken;

import java.io.IOException;
import java.nio.channels.FileChannel;

/// Instead of `FileChannel.force` in `BufferedWriteChannel.flush`, after the first few: nothing.
public final class NoForce {
    private NoForce() {}

    /// Stands where the call was, with its receiver first.
    public static void instead(FileChannel file, boolean metaData) throws IOException {
        if (!FirstFew.over()) file.force(metaData);
    }
}
