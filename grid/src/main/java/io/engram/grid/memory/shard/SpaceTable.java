package io.engram.grid.memory.shard;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.SessionId;
import io.engram.grid.memory.Space;
import org.jspecify.annotations.Nullable;
import org.pcollections.TreePMap;

/// One space as one shard has it. Immutable.
///
/// @param homed sessions whose home is this shard
/// @param guests sessions of other homes, as far as home told
/// @param closing expired here, their home; other shards may still know them: session to incarnation
/// @param closedThrough home shard to the highest incarnation that it had closed here: none up to it is created any more
record SpaceTable(
        Space space, KeyTable keys, TreePMap<String, Session> homed, TreePMap<String, Session> guests,
        TreePMap<String, Long> closing, TreePMap<ShardId, Long> closedThrough) {
    static SpaceTable installed(Space space) {
        return new SpaceTable(
                space, KeyTable.EMPTY, TreePMap.empty(), TreePMap.empty(), TreePMap.empty(), TreePMap.empty());
    }

    SpaceTable with(Space changed) {
        return new SpaceTable(changed, keys, homed, guests, closing, closedThrough);
    }

    SpaceTable with(KeyTable changed) {
        return new SpaceTable(space, changed, homed, guests, closing, closedThrough);
    }

    SpaceTable withHomed(String id, Session session) {
        return new SpaceTable(space, keys, homed.plus(id, session), guests, closing, closedThrough);
    }

    SpaceTable withGuest(String id, Session session) {
        return new SpaceTable(space, keys, homed, guests.plus(id, session), closing, closedThrough);
    }

    @Nullable Session session(SessionId id) {
        Session session = homed.get(id.value());
        return session != null ? session : guests.get(id.value());
    }

    /// Home forgets a session; where there are other shards it stays listed until they have closed it.
    SpaceTable expired(String id, Session session) {
        TreePMap<String, Long> listed = space.shards().size() == 1 ? closing : closing.plus(id, session.incarnation());
        return new SpaceTable(space, keys, homed.minus(id), guests, listed, closedThrough);
    }

    /// Home: all other shards have closed it.
    SpaceTable closedElsewhere(String id, long incarnation) {
        Long listed = closing.get(id);
        return listed == null || listed > incarnation
                ? this
                : new SpaceTable(space, keys, homed, guests, closing.minus(id), closedThrough);
    }

    /// Another shard: home has expired it.
    SpaceTable closed(String id, long incarnation, ShardId home) {
        Session session = guests.get(id);
        TreePMap<String, Session> left = session != null && session.incarnation() <= incarnation ? guests.minus(id) : guests;
        TreePMap<ShardId, Long> through =
                closedThrough.getOrDefault(home, 0L) < incarnation ? closedThrough.plus(home, incarnation) : closedThrough;
        return new SpaceTable(space, keys, homed, left, closing, through);
    }

    /// Live memories this shard may hold of the space: an equal part, rounded up.
    long memoryLimit() {
        long max = space.limits().maxMemories();
        return max == 0 ? Long.MAX_VALUE : Math.ceilDiv(max, (long) space.shards().size());
    }
}
