package io.engram.grid.memory.shard;

import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.shard.ShardReading.Cataloged;
import java.util.Optional;
import org.pcollections.TreePMap;
import org.pcollections.TreePSet;

/// Everything a reader can see of a shard at one position, but for the rows. Immutable.
///
/// @param logTimeMs sum of the leaders' elapsed time, each entry's capped
/// @param spaces installed here
/// @param dropped installed once or not: never to be installed again
/// @param catalog shard 0 only
/// @param outcomes kept, and `outcomesDigest` a hash over them
record Tables(
        long position, long logTimeMs, TreePMap<SpaceId, SpaceTable> spaces, TreePSet<SpaceId> dropped,
        TreePMap<SpaceName, Cataloged> catalog, int outcomes, long outcomesDigest) {
    static final Tables EMPTY = new Tables(0, 0, TreePMap.empty(), TreePSet.empty(), TreePMap.empty(), 0, 0);

    Optional<SpaceTable> space(SpaceId id) {
        return Optional.ofNullable(spaces.get(id));
    }

    Optional<Cataloged> cataloged(SpaceId id) {
        return catalog.values().stream().filter(entry -> entry.space().id().equals(id)).findFirst();
    }
}
