package io.engram.jepsen.store;

import io.engram.jepsen.workload.Endpoint;
import java.util.List;

/// Opens stores on a system. Safe for use by many threads.
public interface Stores extends AutoCloseable {
    /// Which nodes a store talks to.
    sealed interface Reach {
        /// This one and no other, so that what a single node does shows.
        record Only(int node) implements Reach {}

        /// Any, as the client library chooses and retries.
        record Any() implements Reach {}

        /// Each in turn, call by call.
        record InTurn(int first) implements Reach {}
    }

    /// Makes the spaces that are not there yet.
    void prepare(List<Endpoint> endpoints, List<String> spaces);

    /// @param endpoints of all nodes, in their stable order
    Store open(List<Endpoint> endpoints, Reach reach);

    @Override
    default void close() {}
}
