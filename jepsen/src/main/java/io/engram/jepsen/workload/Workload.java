package io.engram.jepsen.workload;

import io.engram.jepsen.checker.Checker;
import io.engram.jepsen.generator.Generator;
import java.util.List;

/// One thing to ask of a system, over and over, and how to judge the answers.
public interface Workload {
    String name();

    /// Once, before the first operation: creates what the operations need.
    ///
    /// @param endpoints of all nodes, in their stable order
    void prepare(List<Endpoint> endpoints) throws Exception;

    /// A client for a new process. Returns at once; whether a node can be reached shows with the first invocation.
    ///
    /// @param endpoints as they are now
    WorkloadClient connect(List<Endpoint> endpoints, Worker worker);

    /// The mixed phase, under faults. Not bounded by itself: the run limits it in rate and time.
    Generator generator();

    /// After the last heal, when the cluster is quiet: final reads. May be empty.
    Generator closing();

    List<Checker> checkers();
}
