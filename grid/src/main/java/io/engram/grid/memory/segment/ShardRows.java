package io.engram.grid.memory.segment;

import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// All rows of the shard between two restores: a restore builds another, and views of this one live on.
final class ShardRows {
    private final Map<SpaceId, SpaceRows> spaces = new ConcurrentHashMap<>();

    @Nullable SpaceRows find(SpaceId space) {
        return spaces.get(space);
    }

    /// The writer.
    SpaceRows of(Space space) {
        SpaceRows rows = spaces.computeIfAbsent(space.id(), id -> new SpaceRows(space));
        if (rows.dimension() != space.dimension() || rows.similarity() != space.similarity())
            throw new IllegalArgumentException("space " + space.id().value() + " has " + rows.dimension() + " dimensions under "
                    + rows.similarity() + ", now given as " + space.dimension() + " under " + space.similarity());
        return rows;
    }

    Iterable<SpaceRows> all() {
        return spaces.values();
    }

    void remove(SpaceRows rows) {
        spaces.remove(rows.id());
    }
}
