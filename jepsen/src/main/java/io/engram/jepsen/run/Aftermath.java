package io.engram.jepsen.run;

import io.engram.jepsen.checker.liveness.Sample;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How the cluster was found after the last heal.
///
/// @param unhealed why something may still be broken; null if all was healed
/// @param unready why nodes were not ready in time; null if they were
/// @param digests as they were last seen; empty if nobody told
/// @param samples all states that were seen on the way there
/// @param troubles faults that could not be injected or healed
/// @param clientFault the first exception that a client threw; null if none did
record Aftermath(
        @Nullable String unhealed,
        @Nullable String unready,
        Optional<Digests> digests,
        List<Sample> samples,
        List<String> troubles,
        @Nullable String clientFault) {
    Aftermath {
        samples = List.copyOf(samples);
        troubles = List.copyOf(troubles);
    }
}
