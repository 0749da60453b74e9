package io.engram.grid.route;

import io.engram.grid.log.NodeId;
import java.util.Map;
import java.util.TreeMap;

/// What the replicas of one shard last said to one command that none of them took: to tell a full disk from a missing leader.
/// For one thread at a time.
final class Turnout {
    enum Said {
        DISK_FULL,
        /// Runs, and does not lead.
        FOLLOWS,
        /// Nothing, or something else.
        OTHER
    }

    private final int replicas;
    private final Map<NodeId, Said> said = new TreeMap<>();

    /// @param replicas that the shard has by configuration
    Turnout(int replicas) {
        this.replicas = replicas;
    }

    void heard(NodeId from, Said what) {
        said.put(from, what);
    }

    /// Whatever the others do, nobody can commit.
    boolean noMajorityHasRoom() {
        return isMajority(count(Said.DISK_FULL));
    }

    /// With room on the full disks there would be a majority, and without it there is none.
    boolean roomIsLacking() {
        long following = count(Said.FOLLOWS);
        return !isMajority(following) && count(Said.DISK_FULL) > 0 && isMajority(following + count(Said.DISK_FULL));
    }

    private long count(Said what) {
        return said.values().stream().filter(what::equals).count();
    }

    private boolean isMajority(long count) {
        return 2 * count > replicas;
    }

    @Override
    public String toString() {
        return said.toString();
    }
}
