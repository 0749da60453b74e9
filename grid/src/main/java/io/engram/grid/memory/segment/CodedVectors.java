package io.engram.grid.memory.segment;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// int8 codes of unit vectors, each row with its scale, the norm of what the codes leave out, and the norm of the vector:
/// d + 16 bytes a row. The float32 values stand in the record file only.
///
/// The scan multiplies codes by the float32 query after widening them. Next to integer multiply-add (docs/measurements.md,
/// "Search") this is as fast, needs no quantized query, so the bound is half as wide, and works on any register width.
final class CodedVectors implements RowVectors {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    /// As many codes as there are float lanes, but no vector is shorter than 8 bytes: with 4 lanes, half of each goes unused.
    private static final VectorSpecies<Byte> CODES =
            VectorSpecies.of(byte.class, VectorShape.forBitSize(Math.max(64, FLOATS.length() * Byte.SIZE)));
    private static final int STEP = FLOATS.length();
    /// Loads may run past a row's end: into the next row or this, and meet zeros of the query.
    private static final int PADDING = 2 * Math.max(CODES.length(), STEP);
    private static final int MAX_CODE = 127;

    private final int dimension;
    private final byte[] codes;
    private final float[] scales;
    private final float[] errors;
    private final double[] norms;

    CodedVectors(int dimension, int capacity) {
        this.dimension = dimension;
        this.codes = new byte[dimension * capacity + PADDING];
        this.scales = new float[capacity];
        this.errors = new float[capacity];
        this.norms = new double[capacity];
    }

    @Override
    public void put(int slot, float[] vector) {
        double norm = Score.norm(vector);
        norms[slot] = norm;
        if (norm == 0) return;
        double largest = 0;
        for (float value : vector) largest = Math.max(largest, Math.abs((double) value));
        float scale = (float) (largest / norm / MAX_CODE);
        double toUnit = 1 / norm;
        double toCode = 1 / (double) scale;
        double left = 0;
        int at = slot * dimension;
        for (int i = 0; i < dimension; i++) {
            double unit = vector[i] * toUnit;
            int code = Math.clamp(Math.round(unit * toCode), -MAX_CODE, MAX_CODE);
            codes[at + i] = (byte) code;
            // Whatever the code became, this is what it leaves out.
            double rest = unit - (double) code * scale;
            left += rest * rest;
        }
        scales[slot] = scale;
        errors[slot] = Math.nextUp((float) Math.sqrt(left));
    }

    @Override
    public void putNone(int slot) {
        norms[slot] = Double.NaN;
    }

    @Override
    public void copy(int slot, RowVectors to, int target) {
        CodedVectors other = (CodedVectors) to;
        System.arraycopy(codes, slot * dimension, other.codes, target * dimension, dimension);
        other.scales[target] = scales[slot];
        other.errors[target] = errors[slot];
        other.norms[target] = norms[slot];
    }

    boolean present(int slot) {
        return !Double.isNaN(norms[slot]);
    }

    double norm(int slot) {
        return norms[slot];
    }

    float error(int slot) {
        return errors[slot];
    }

    /// The query as the scan wants it: of length one, with zeros behind.
    static float[] unit(float[] query, double norm) {
        float[] unit = new float[query.length + PADDING];
        if (norm > 0) for (int i = 0; i < query.length; i++) unit[i] = (float) (query[i] / norm);
        return unit;
    }

    /// What float32 arithmetic can add to a row's error: one rounding for each term (Higham's gamma), the query's and the
    /// scale's, twice over.
    static double slack(int dimension) {
        return (dimension + 16) * 0x1p-23;
    }

    /// The cosine of row and query, give or take [#error] and [#slack].
    double cosine(int slot, float[] unit) {
        int at = slot * dimension;
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int i = 0;
        for (; i + STEP < dimension; i += 2 * STEP) {
            even = widen(at + i).fma(FloatVector.fromArray(FLOATS, unit, i), even);
            odd = widen(at + i + STEP).fma(FloatVector.fromArray(FLOATS, unit, i + STEP), odd);
        }
        if (i < dimension) even = widen(at + i).fma(FloatVector.fromArray(FLOATS, unit, i), even);
        return (double) even.add(odd).reduceLanes(VectorOperators.ADD) * scales[slot];
    }

    private FloatVector widen(int at) {
        return (FloatVector) ByteVector.fromArray(CODES, codes, at).convertShape(VectorOperators.B2F, FLOATS, 0);
    }

    @Override
    public long bytes() {
        return codes.length + (long) norms.length * (2 * Float.BYTES + Double.BYTES);
    }
}
