package io.engram.client;

import java.time.Duration;
import java.util.Optional;

/// How to read.
///
/// @param consistency empty: linearizable; within a [CausalSession], at least what the session has seen
/// @param view empty: full for reads by key, without vector for lists and recalls
/// @param deadline for the whole call, retries included; empty: the client's default
public record ReadOptions(Optional<Consistency> consistency, Optional<View> view, Optional<Duration> deadline) {
    public ReadOptions {
        deadline.ifPresent(EngramBuilder::checkDeadline);
    }

    public static ReadOptions defaults() {
        return new ReadOptions(Optional.empty(), Optional.empty(), Optional.empty());
    }

    public static ReadOptions at(Consistency consistency) {
        return defaults().consistency(consistency);
    }

    public ReadOptions consistency(Consistency consistency) {
        return new ReadOptions(Optional.of(consistency), view, deadline);
    }

    public ReadOptions view(View view) {
        return new ReadOptions(consistency, Optional.of(view), deadline);
    }

    public ReadOptions deadline(Duration deadline) {
        return new ReadOptions(consistency, view, Optional.of(deadline));
    }
}
