package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import java.util.List;

/// One thing to ask of a system, over and over, and how to judge the answers.
public interface Workload {
    String name();

    /// Once, before the first operation: creates what the operations need.
    ///
    /// @param endpoints of all nodes, host:port
    void prepare(List<String> endpoints) throws Exception;

    /// A client for a new process.
    ///
    /// @param process its number; a process that ended with an unknown outcome is followed by one with a higher number
    WorkloadClient connect(List<String> endpoints, int process);

    /// The mixed phase, under faults. Not bounded by itself: the run limits it.
    Generator generator();

    /// After the last heal, when the cluster is quiet: final reads. May be empty.
    Generator closing();

    List<Checker> checkers();
}
