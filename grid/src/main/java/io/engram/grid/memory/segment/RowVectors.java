package io.engram.grid.memory.segment;

/// The vectors of a block's rows, as the scan wants them.
sealed interface RowVectors permits FloatVectors, CodedVectors {
    /// From here on codes save more than they cost.
    int CODES_FROM_DIMENSION = 32;

    static RowVectors of(int dimension, int capacity) {
        return dimension < CODES_FROM_DIMENSION
                ? new FloatVectors(dimension, capacity)
                : new CodedVectors(dimension, capacity);
    }

    /// Bytes that a row takes; decides the size of blocks.
    static int rowBytes(int dimension) {
        return dimension < CODES_FROM_DIMENSION ? dimension * Float.BYTES : dimension;
    }

    void put(int slot, float[] vector);

    /// A row without a vector: no search finds it.
    void putNone(int slot);

    void copy(int slot, RowVectors to, int target);

    long bytes();
}
