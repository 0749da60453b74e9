package io.engram.grid.memory.segment;

/// float32 as they came, with their norms: 4·d + 8 bytes a row.
final class FloatVectors implements RowVectors {
    private final int dimension;
    private final float[] values;
    private final double[] norms;

    FloatVectors(int dimension, int capacity) {
        this.dimension = dimension;
        this.values = new float[dimension * capacity];
        this.norms = new double[capacity];
    }

    @Override
    public void put(int slot, float[] vector) {
        System.arraycopy(vector, 0, values, slot * dimension, dimension);
        norms[slot] = Score.norm(vector);
    }

    @Override
    public void putNone(int slot) {
        norms[slot] = Double.NaN;
    }

    @Override
    public void copy(int slot, RowVectors to, int target) {
        FloatVectors other = (FloatVectors) to;
        System.arraycopy(values, slot * dimension, other.values, target * dimension, dimension);
        other.norms[target] = norms[slot];
    }

    boolean present(int slot) {
        return !Double.isNaN(norms[slot]);
    }

    double score(int slot, Score score) {
        return score.exact(values, slot * dimension, norms[slot]);
    }

    @Override
    public long bytes() {
        return (long) values.length * Float.BYTES + (long) norms.length * Double.BYTES;
    }
}
