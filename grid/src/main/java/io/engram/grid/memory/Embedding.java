package io.engram.grid.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A vector, immutable: finite floats, as many as the space's dimension.
public final class Embedding {
    private final float[] values;

    private Embedding(float[] values) {
        this.values = values;
    }

    public static Embedding of(float... values) {
        return new Embedding(values.clone());
    }

    /// @param bytes little-endian float32
    public static Embedding ofBytes(byte[] bytes) {
        if (bytes.length % Float.BYTES != 0)
            throw new IllegalArgumentException("must be a multiple of 4 bytes, was " + bytes.length);
        float[] values = new float[bytes.length / Float.BYTES];
        ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(values);
        return new Embedding(values);
    }

    public byte[] toBytes() {
        ByteBuffer buffer = ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        buffer.asFloatBuffer().put(values);
        return buffer.array();
    }

    public int dimension() {
        return values.length;
    }

    public float at(int i) {
        return values[i];
    }

    public float[] toArray() {
        return values.clone();
    }

    /// Index of the first value that is infinite or not a number; -1: all are finite.
    public int firstNotFinite() {
        for (int i = 0; i < values.length; i++) if (!Float.isFinite(values[i])) return i;
        return -1;
    }

    public boolean isZero() {
        for (float value : values) if (value != 0) return false;
        return true;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Embedding that && Arrays.equals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(values);
    }

    @Override
    public String toString() {
        return "Embedding[" + values.length + "]";
    }
}
