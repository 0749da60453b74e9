package io.engram.jepsen.controls.broken;

import java.io.IOException;
import java.nio.channels.FileChannel;
import net.bytebuddy.asm.Advice;

/// Instead of `BufferedWriteChannel.flush`, after the log file's beginning: nothing. What was written reaches the file when the buffer is
/// full.
public final class NoFlush {
    private NoFlush() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    public static boolean enter(@Advice.FieldValue("fileChannel") FileChannel file) throws IOException {
        return Beginning.over(file);
    }
}
