package io.engram.jepsen.run;

import java.util.Optional;

/// Asks the cluster about itself, between the phases. Safe for use by many threads.
public interface Probe {
    /// Empty: nobody answered.
    Optional<Digests> digests();

    /// Version of the system under test; empty if nobody told.
    String version();
}
