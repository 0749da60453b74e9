package io.engram.grid.memory.shard;

import io.engram.grid.Reason;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.WireFormat;
import io.engram.grid.wire.DropSpace;
import io.engram.grid.wire.InstallSpace;
import io.engram.grid.wire.Outcome;

/// Spaces on the shards that hold their memories.
final class SpaceCommands {
    private SpaceCommands() {}

    static Outcome install(Draft draft, InstallSpace install) {
        Space space;
        try {
            space = WireFormat.from(install.getSpace());
        } catch (IllegalArgumentException e) {
            return Answers.refused(Reason.INVALID_ARGUMENT, "space." + e.getMessage());
        }
        if (!space.shards().contains(draft.shard()))
            return Answers.refused(Reason.INVALID_ARGUMENT, "space.shards does not name shard " + draft.shard());
        if (draft.isDropped(space.id())) return Answers.refused(Reason.SPACE_NOT_FOUND, "the space has been dropped");
        SpaceTable table = draft.space(space.id().value()).orElse(null);
        if (table == null) {
            draft.put(SpaceTable.installed(space));
        } else if (table.space().revision() < space.revision()) {
            draft.put(table.with(space));
            // Sessions may now be due earlier than was reckoned with.
            draft.sessionDue(draft.nowMs());
        }
        return Answers.done();
    }

    static Outcome drop(Draft draft, DropSpace drop) {
        draft.drop(new SpaceId(drop.getSpace()));
        return Answers.done();
    }
}
