package io.engram.jepsen.controls.broken;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Space;
import io.engram.grid.wire.NumberedObservation;
import io.engram.grid.wire.SessionBatch;
import java.util.Optional;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.implementation.bytecode.assign.Assigner.Typing;

/// Before `SessionCommands.record`: nothing counts as recorded before, and what was recorded before gets a key of its own, as it
/// would where keys are not made from session and number.
@SuppressWarnings("UnusedVariable") // assignments are written back into the method
public final class RecordedAgain {
    private RecordedAgain() {}

    @Advice.OnMethodEnter
    public static void enter(
            @Advice.Argument(value = 0, typing = Typing.DYNAMIC) Object draft,
            @Advice.Argument(value = 1, readOnly = false) SessionBatch batch,
            @Advice.Argument(value = 2, readOnly = false) long covered) {
        batch = again(draft, batch, covered);
        covered = 0;
    }

    /// The same on every replica: made from the position alone.
    public static SessionBatch again(Object draft, SessionBatch batch, long covered) {
        if (batch.getItemsList().stream().noneMatch(item -> item.getNumber() <= covered)) return batch;
        long position = (long) Inside.call(draft, "position");
        ShardId shard = (ShardId) Inside.call(draft, "shard");
        Space space = space(draft, batch.getSpace());
        SessionBatch.Builder again = batch.toBuilder().clearItems();
        for (NumberedObservation item : batch.getItemsList()) {
            NumberedObservation.Builder changed = item.toBuilder();
            if (item.getNumber() <= covered)
                changed.getObservationBuilder().setKey(besides(item.getObservation().getKey(), position, space, shard));
            again.addItems(changed);
        }
        return again.build();
    }

    /// A key of this shard beside `key`.
    private static String besides(String key, long position, Space space, ShardId shard) {
        for (int i = 0; ; i++) {
            String besides = key + "~" + position + "." + i;
            if (space.shardOf(new MemoryKey(besides)).equals(shard)) return besides;
        }
    }

    private static Space space(Object draft, long id) {
        return ((Optional<?>) Inside.call(draft, "space", id))
                .map(table -> (Space) Inside.call(table, "space"))
                .orElseThrow();
    }
}
