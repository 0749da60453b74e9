package io.engram.grid;

import io.engram.grid.cluster.ClusterStatus;
import io.engram.grid.cluster.Peers;
import io.engram.grid.cluster.Reception;
import io.engram.grid.log.Deadline;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.Spaces;
import java.io.IOException;
import java.util.List;

/// One node's part of the store: its replicas, its share of the tiers, and the way to everyone else's.
///
/// Safe for use by many threads. Open one for each process (tests open several, on different ports and folders).
@SuppressWarnings("DoNotCallSuggester")
public final class Grid implements AutoCloseable {
    private Grid() {}

    /// Starts all engines in parallel and returns once this node's replicas run; a tier that does not start does not
    /// hold it up. [#health] says when every replica has a leader.
    ///
    /// @param peers how to ask other nodes; used from now on
    /// @param reception where their questions arrive; answers from some moment during `open` until `close`
    /// @throws IOException the data folder cannot be used: not ours, locked, damaged, of another cluster
    public static Grid open(GridConfig config, Peers peers, Reception reception) throws IOException {
        throw new IOException("not assembled yet");
    }

    public Spaces spaces() {
        throw new IllegalStateException();
    }

    public Memories memories() {
        throw new IllegalStateException();
    }

    /// The cluster as this node sees it; asks the other members, all at once, unless `localOnly`. Blocks until the deadline at most.
    public ClusterStatus status(boolean withDigests, boolean localOnly, Deadline deadline) {
        throw new IllegalStateException();
    }

    /// Cheap; asks nobody.
    public Health health() {
        throw new IllegalStateException();
    }

    /// @param ready every replica held here runs and knows a leader: requests can be served
    /// @param complaints as in [ClusterStatus.Member]
    public record Health(ClusterStatus.Health state, boolean ready, List<String> complaints) {
        public Health {
            complaints = List.copyOf(complaints);
        }
    }

    /// Counters and gauges as of now. Cheap; asks nobody.
    public List<Figure> figures() {
        throw new IllegalStateException();
    }

    /// Stops taking questions, hands leaderships over where that is quick, closes the replicas, then the tiers. At most about ten seconds.
    @Override
    public void close() {}
}
