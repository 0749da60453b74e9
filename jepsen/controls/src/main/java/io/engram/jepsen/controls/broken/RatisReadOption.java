package io.engram.jepsen.controls.broken;

import net.bytebuddy.asm.Advice;
import org.apache.ratis.conf.RaftProperties;

/// After `RaftSettings.of`: Ratis' linearizable reads, without its lease.
public final class RatisReadOption {
    private RatisReadOption() {}

    @Advice.OnMethodExit
    public static void exit(@Advice.Return RaftProperties properties) {
        RatisReads.allow(properties, false);
    }
}
