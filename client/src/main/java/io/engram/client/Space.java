package io.engram.client;

import java.time.Instant;

/// A tenant's memory: its vectors, limits and sessions.
///
/// @param id never used twice, even if the name is
/// @param dimension floats in a vector
/// @param shards over how many of the cluster's shards the keys are spread
/// @param limits as they are now
/// @param createdAt wall clock of the node that created it; orders nothing
/// @param revision counts the changes of the settings, from 1
/// @param embedsText whether a node may turn text into vectors for this space
public record Space(
        String name,
        long id,
        int dimension,
        Similarity similarity,
        int shards,
        SpaceLimits limits,
        Instant createdAt,
        long revision,
        boolean embedsText) {}
