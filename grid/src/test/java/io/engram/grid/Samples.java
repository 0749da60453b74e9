package io.engram.grid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.engram.grid.freshness.Consistency;
import io.engram.grid.log.Deadline;
import io.engram.grid.memory.AttributeValue;
import io.engram.grid.memory.Embedding;
import io.engram.grid.memory.IdempotencyKey;
import io.engram.grid.memory.Memories;
import io.engram.grid.memory.MemoryKey;
import io.engram.grid.memory.Observation;
import io.engram.grid.memory.RequestId;
import io.engram.grid.memory.Similarity;
import io.engram.grid.memory.Space;
import io.engram.grid.memory.SpaceLimits;
import io.engram.grid.memory.SpaceName;
import io.engram.grid.memory.Spaces;
import io.engram.grid.memory.WriteCondition;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// Requests with defaults.
final class Samples {
    static final Consistency LINEARIZABLE = new Consistency.Linearizable();
    static final int DIMENSION = 8;
    private static final AtomicInteger NAMES = new AtomicInteger();

    private Samples() {}

    /// Long enough for a machine under load; a test that needs it all is broken.
    static Deadline deadline() {
        return LocalCluster.in(Duration.ofSeconds(30));
    }

    static RequestId request() {
        return new RequestId(new IdempotencyKey(UUID.randomUUID().toString()), 1);
    }

    static SpaceName newName() {
        return new SpaceName("space-" + NAMES.incrementAndGet());
    }

    static Space createSpace(Grid grid, SpaceName name) {
        return grid.spaces().create(
                        new Spaces.NewSpace(name, DIMENSION, Similarity.COSINE, 0, SpaceLimits.DEFAULT), request(), deadline())
                .space();
    }

    static MemoryKey key(String value) {
        return new MemoryKey(value);
    }

    static Observation observation(String key, String text) {
        return observation(key, text, RandomGenerator.of("L64X128MixRandom"));
    }

    static Observation observation(String key, String text, RandomGenerator random) {
        var attributes = new TreeMap<String, AttributeValue>();
        attributes.put("length", new AttributeValue.Whole(text.length()));
        return new Observation(key(key), text, Optional.of(vector(random)), 0.9, Instant.EPOCH, attributes, List.of());
    }

    static Embedding vector(RandomGenerator random) {
        float[] values = new float[DIMENSION];
        for (int i = 0; i < DIMENSION; i++) values[i] = (float) random.nextGaussian();
        return Embedding.of(values);
    }

    static Memories.Written put(Grid grid, SpaceName space, String key, String text) {
        return grid.memories().put(space, observation(key, text), new WriteCondition.None(), request(), deadline());
    }

    static RefusedException refusal(ThrowingCallable call) {
        RefusedException refused = catchThrowableOfType(RefusedException.class, call);
        assertThat(refused).as("refused").isNotNull();
        return refused;
    }
}
