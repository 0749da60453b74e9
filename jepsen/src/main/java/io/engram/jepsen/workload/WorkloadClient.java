package io.engram.jepsen.workload;

/// One process' way to the system. Used by one thread at a time.
public interface WorkloadClient extends AutoCloseable {
    /// Ends within the client's own deadline. An exception is a fault of the harness' own making and counts as INFO.
    Completion invoke(Invocation invocation) throws Exception;

    @Override
    void close();
}
