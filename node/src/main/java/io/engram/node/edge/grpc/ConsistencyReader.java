package io.engram.node.edge.grpc;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Position;
import io.engram.grid.log.ShardId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// @param shards of the cluster
record ConsistencyReader(int shards) {
    private static final String FIELD = "consistency";
    private static final Duration MAX_STALENESS = Duration.ofHours(1);

    /// Unset: linearizable. A promise that this node does not know is refused, never weakened.
    Consistency read(io.engram.v1.Consistency wire) {
        return switch (wire.getPromiseCase()) {
            case LINEARIZABLE, PROMISE_NOT_SET -> {
                if (!wire.getUnknownFields().asMap().isEmpty())
                    throw new InvalidFieldException(FIELD, "must be a promise that this node knows");
                yield new Consistency.Linearizable();
            }
            case BOUNDED -> new Consistency.Bounded(Fields.duration(
                    FIELD + ".bounded.max_staleness", wire.getBounded().getMaxStaleness(), Duration.ofNanos(1), MAX_STALENESS));
            case AT_LEAST -> new Consistency.AtLeast(positions(wire.getAtLeast().getPositionsList()));
            case EVENTUAL -> new Consistency.Eventual();
        };
    }

    private List<Position> positions(List<io.engram.v1.Position> wire) {
        String field = FIELD + ".at_least.positions";
        Set<ShardId> named = new HashSet<>();
        List<Position> positions = new ArrayList<>(Math.min(wire.size(), shards));
        for (int i = 0; i < wire.size(); i++) {
            String entry = field + "[" + i + "]";
            int shard = wire.get(i).getShard();
            if (shard < 0 || shard >= shards)
                throw new InvalidFieldException(entry + ".shard",
                        "must be 0.." + (shards - 1) + ", was " + Integer.toUnsignedString(shard));
            if (!named.add(new ShardId(shard)))
                throw new InvalidFieldException(entry + ".shard", "must be named once, " + shard + " was there before");
            positions.add(new Position(new ShardId(shard), Fields.count(entry + ".index", wire.get(i).getIndex())));
        }
        return positions;
    }
}
