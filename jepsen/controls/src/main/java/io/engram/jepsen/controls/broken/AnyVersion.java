package io.engram.jepsen.controls.broken;

import io.engram.grid.memory.Observation;
import io.engram.grid.memory.segment.SegmentStore;
import io.engram.grid.tier.hot.HotTier.HotRecord;
import java.util.Optional;
import net.bytebuddy.asm.Advice;

/// Instead of `Records.verified`: a record from the hot tier is good if it can be read.
@SuppressWarnings("UnusedVariable") // assignments are written back into the method
public final class AnyVersion {
    private AnyVersion() {}

    @Advice.OnMethodEnter(skipOn = Advice.OnNonDefaultValue.class)
    public static Optional<Observation> enter(
            @Advice.FieldValue("segments") SegmentStore segments, @Advice.Argument(2) HotRecord record) {
        return Optional.of(segments.parse(record.bytes()).observation());
    }

    @Advice.OnMethodExit
    public static void exit(
            @Advice.Enter Optional<Observation> instead,
            @Advice.Return(readOnly = false) Optional<Observation> answer) {
        answer = instead;
    }
}
