package io.engram.grid.memory;

import java.util.List;

/// Turns text into vectors. Found with [java.util.ServiceLoader]; a node without one refuses text queries.
/// Safe for use by many threads; blocks its caller for the CPU time it takes.
public interface Embedder extends AutoCloseable {
    String model();

    int dimension();

    /// One vector of unit length for each text, in order.
    List<Embedding> embed(List<String> texts);

    @Override
    void close();
}
