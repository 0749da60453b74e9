package io.engram.client;

/// How the freshness of an answer was established.
public enum Freshness {
    /// The leader asked a majority after the read began.
    FENCED_LEADER,
    /// A follower waited for an index that the leader fenced after the read began.
    FENCED_FOLLOWER,
    /// A fenced index from before the read began; the staleness says how long before.
    PROBED,
    /// Nothing is known but the applied position.
    UNPROVEN
}
