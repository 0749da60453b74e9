package io.engram.grid.memory.segment;

import io.engram.grid.log.ShardId;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceId;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;

/// Spaces and observations with defaults.
final class Rows {
    static final ShardId SHARD = new ShardId(3);

    private Rows() {}

    static Space aSpace(long id, int dimension, Similarity similarity) {
        return new Space(new SpaceId(id), new SpaceName("space-" + id), dimension, similarity, List.of(SHARD),
                SpaceLimits.DEFAULT, Instant.EPOCH, 1);
    }

    static Observation anObservation(String key, float... vector) {
        return anObservation(key, Map.of(), vector);
    }

    static Observation anObservation(String key, Map<String, AttributeValue> attributes, float... vector) {
        return new Observation(new MemoryKey(key), "text of " + key, Optional.of(Embedding.of(vector)), 0.5,
                Instant.ofEpochMilli(1_000), new TreeMap<>(attributes), List.of());
    }

    static float[] gaussian(Random random, int dimension) {
        float[] vector = new float[dimension];
        for (int i = 0; i < dimension; i++) vector[i] = (float) random.nextGaussian();
        return vector;
    }

    /// From `-Dengram.seed`, or a new one; printed, so that a failure can be played again.
    static long seed(String test) {
        long seed = Long.getLong("engram.seed", System.nanoTime());
        System.out.println(test + ": -Dengram.seed=" + seed);
        return seed;
    }
}
