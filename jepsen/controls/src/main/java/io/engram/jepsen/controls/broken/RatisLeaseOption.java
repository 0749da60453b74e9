package io.engram.jepsen.controls.broken;

import net.bytebuddy.asm.Advice;
import org.apache.ratis.conf.RaftProperties;

/// After `RaftSettings.of`: Ratis' linearizable reads, with its lease.
public final class RatisLeaseOption {
    private RatisLeaseOption() {}

    @Advice.OnMethodExit
    public static void exit(@Advice.Return RaftProperties properties) {
        RatisReads.allow(properties, true);
    }
}
