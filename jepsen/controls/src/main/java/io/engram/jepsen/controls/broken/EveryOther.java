package io.engram.jepsen.controls.broken;

import java.util.concurrent.ThreadLocalRandom;
import net.bytebuddy.asm.Advice;

/// Instead of `HazelcastHotTier.offer`, one time in two: nothing, so that an older version stays there.
public final class EveryOther {
    private EveryOther() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    public static boolean enter() {
        return ThreadLocalRandom.current().nextBoolean();
    }
}
