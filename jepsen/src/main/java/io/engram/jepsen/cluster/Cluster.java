package io.engram.jepsen.cluster;

import io.engram.jepsen.nemesis.Nemesis;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// A cluster to try things on, whatever its nodes are made of. Closing it stops every node and removes what it made.
///
/// Safe for use by many threads.
public interface Cluster extends AutoCloseable {
    /// What the nodes are made of, for the report: processes, containers.
    String backend();

    /// Names of all nodes, running or not, in a stable order.
    List<String> names();

    /// Where clients reach the node now, `host:port`. May change when the node starts again.
    ///
    /// @throws IllegalArgumentException no such node
    String endpoint(String node);

    /// All nodes' endpoints, as the client's `connect` takes them.
    default String endpoints() {
        return String.join(",", endpointList());
    }

    /// The endpoints one by one, in the order of the names.
    default List<String> endpointList() {
        return names().stream().map(this::endpoint).toList();
    }

    /// Waits until every node says that it can serve.
    ///
    /// @throws IllegalStateException a node ended, or was not ready in time; with the end of its log
    void awaitReady(Duration limit);

    /// Copies what each node printed, over all its lives, to `<name>.log` in the folder.
    void saveLogs(Path folder) throws IOException;

    /// Breaks this cluster. One at a time.
    ///
    /// @param seed of the choice of nodes that the targets leave open
    Nemesis nemesis(long seed);

    @Override
    void close();
}
