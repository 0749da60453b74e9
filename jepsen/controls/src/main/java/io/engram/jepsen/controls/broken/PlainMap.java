package io.engram.jepsen.controls.broken;

import io.engram.jepsen.controls.map.MapNode;
import java.util.List;
import net.bytebuddy.asm.Advice;

/// Instead of the node's `Main.run`: another process altogether.
@SuppressWarnings("UnusedVariable") // assignments are written back into the method
public final class PlainMap {
    private PlainMap() {}

    /// @return the exit code, and one more: zero would let the node run
    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    public static int enter(@Advice.Argument(0) List<String> arguments) {
        return MapNode.run(arguments) + 1;
    }

    @Advice.OnMethodExit
    public static void exit(@Advice.Enter int codeAndOne, @Advice.Return(readOnly = false) int code) {
        code = codeAndOne - 1;
    }
}
