package io.engram.jepsen.controls.broken;

import net.bytebuddy.asm.Advice;

/// After `getMajority` of the replicas' log indexes, sorted: the highest, which is the leader's own.
@SuppressWarnings("UnusedVariable") // assignments are written back into the method
public final class OneIsEnough {
    private OneIsEnough() {}

    @Advice.OnMethodExit
    public static void exit(@Advice.Argument(0) long[] sorted, @Advice.Return(readOnly = false) long majority) {
        majority = sorted[sorted.length - 1];
    }
}
