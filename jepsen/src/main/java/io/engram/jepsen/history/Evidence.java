package io.engram.jepsen.history;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// What came with an answer beside its value: who answered, and what it claimed about itself. Null where it said nothing.
///
/// @param node that answered, or was asked if nobody answered
/// @param role of the replica that answered, as far as it knew itself: leader, follower, candidate
/// @param shard that the position is in
/// @param position a write's own, or up to where the reader's replica had applied
/// @param version of the memory that was read or written; larger is later, per key
/// @param staleness that the answer claims to be within
public record Evidence(
        @Nullable String node,
        @Nullable String role,
        @Nullable Integer shard,
        @Nullable Long position,
        @Nullable Long version,
        @Nullable Duration staleness) {
    public static final Evidence NONE = new Evidence(null, null, null, null, null, null);

    public static Evidence from(String node) {
        return new Evidence(node, null, null, null, null, null);
    }
}
