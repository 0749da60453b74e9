package io.engram.jepsen.store;

import io.engram.client.Vector;
import java.util.SplittableRandom;

/// A direction of its own for every key, always the same.
final class KeyVector {
    private KeyVector() {}

    static Vector of(String key, int dimension) {
        SplittableRandom random = new SplittableRandom(key.hashCode() * 0x9E3779B97F4A7C15L);
        float[] vector = new float[dimension];
        double square = 0;
        for (int i = 0; i < dimension; i++) {
            vector[i] = (float) random.nextGaussian();
            square += vector[i] * vector[i];
        }
        for (int i = 0; i < dimension; i++) vector[i] /= (float) Math.sqrt(square);
        return Vector.of(vector);
    }
}
