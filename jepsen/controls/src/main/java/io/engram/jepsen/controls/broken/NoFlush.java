package io.engram.jepsen.controls.broken;

import net.bytebuddy.asm.Advice;

/// Instead of `BufferedWriteChannel.flush`, after the first few: nothing. What was written reaches the file when the buffer is full
/// or the file closed.
public final class NoFlush {
    private NoFlush() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    public static boolean enter() {
        return FirstFew.over();
    }
}
