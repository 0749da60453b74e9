package io.engram.client;

/// A space to be made.
///
/// @param name `[a-z][a-z0-9-]{0,62}`
/// @param dimension floats in a vector, 1..4096; fixed for life
/// @param shards over how many of the cluster's shards the keys are spread; 0: all
public record SpaceSettings(String name, int dimension, Similarity similarity, int shards, SpaceLimits limits) {
    public static SpaceSettings named(String name, int dimension) {
        return new SpaceSettings(name, dimension, Similarity.COSINE, 0, SpaceLimits.defaults());
    }

    public SpaceSettings similarity(Similarity similarity) {
        return new SpaceSettings(name, dimension, similarity, shards, limits);
    }

    public SpaceSettings shards(int shards) {
        return new SpaceSettings(name, dimension, similarity, shards, limits);
    }

    public SpaceSettings limits(SpaceLimits limits) {
        return new SpaceSettings(name, dimension, similarity, shards, limits);
    }
}
