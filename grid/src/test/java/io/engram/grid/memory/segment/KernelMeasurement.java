package io.engram.grid.memory.segment;

import java.util.Arrays;
import java.util.Random;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.Vector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/// Prints what ways there are to scan 100,000 codes, for docs/measurements.md, "Search". Not a test.
///
/// The first is that of [CodedVectors]; the integer ones want a query of int8 codes, whose error would come on top.
final class KernelMeasurement {
    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Byte> HALF = VectorSpecies.of(byte.class, VectorShape.forBitSize(SHORTS.length() * Byte.SIZE));
    private static final int ROWS = 98 * 1_024;
    private static final int BLOCK = 1_024;
    private static final int RUNS = 101;
    private static double sink;

    private KernelMeasurement() {}

    public static void main(String[] arguments) {
        for (int dimension : new int[] {100, 384}) measure(dimension);
        System.out.println(sink);
    }

    private static void measure(int dimension) {
        Random random = new Random(1);
        float[] query = CodedVectors.unit(Rows.gaussian(random, dimension), 1);
        short[] codes = new short[query.length];
        for (int i = 0; i < dimension; i++) codes[i] = (short) (random.nextInt(181) - 90);
        CodedVectors[] coded = new CodedVectors[ROWS / BLOCK];
        byte[][] bytes = new byte[coded.length][BLOCK * dimension + 128];
        float[][] floats = new float[coded.length][BLOCK * dimension + 128];
        for (int b = 0; b < coded.length; b++) {
            coded[b] = new CodedVectors(dimension, BLOCK);
            for (int row = 0; row < BLOCK; row++) coded[b].put(row, Rows.gaussian(random, dimension));
            random.nextBytes(bytes[b]);
            for (int i = 0; i < floats[b].length; i++) floats[b][i] = random.nextFloat();
        }
        System.out.println("dimension " + dimension + ", " + FLOATS.length() + " float lanes");
        time("codes widened to float32, row by row", () -> {
            for (CodedVectors block : coded) for (int row = 0; row < BLOCK; row++) sink += block.cosine(row, query);
        });
        time("int8 by int8, row by row", () -> {
            for (byte[] block : bytes) for (int row = 0; row < BLOCK; row++) sink += rowByRow(block, row * dimension, codes, dimension);
        });
        int[] scores = new int[SHORTS.length()];
        time("int8 by int8, blocks of " + SHORTS.length() + " rows", () -> {
            for (byte[] block : bytes)
                for (int row = 0; row < BLOCK; row += SHORTS.length()) {
                    blockwise(block, row * dimension, codes, dimension, scores);
                    sink += scores[0];
                }
        });
        time("float32, row by row", () -> {
            for (float[] block : floats) for (int row = 0; row < BLOCK; row++) sink += float32(block, row * dimension, query, dimension);
        });
    }

    private static Vector<Short> product(byte[] codes, int at, Vector<Short> query) {
        return ByteVector.fromArray(HALF, codes, at).convertShape(VectorOperators.B2S, SHORTS, 0).mul(query);
    }

    private static int rowByRow(byte[] codes, int at, short[] query, int dimension) {
        Vector<Integer> sum = IntVector.zero(INTS);
        for (int i = 0; i < dimension; i += SHORTS.length()) {
            Vector<Short> product = product(codes, at + i, ShortVector.fromArray(SHORTS, query, i));
            sum = sum.add(product.convertShape(VectorOperators.S2I, INTS, 0)).add(product.convertShape(VectorOperators.S2I, INTS, 1));
        }
        return ((IntVector) sum).reduceLanes(VectorOperators.ADD);
    }

    /// One dimension of all rows of a block stands together.
    private static void blockwise(byte[] codes, int at, short[] query, int dimension, int[] scores) {
        Vector<Integer> low = IntVector.zero(INTS);
        Vector<Integer> high = low;
        for (int i = 0; i < dimension; i += 2) {
            // Two products of codes fit into a short.
            Vector<Short> products = product(codes, at + i * SHORTS.length(), ShortVector.broadcast(SHORTS, query[i]))
                    .add(product(codes, at + (i + 1) * SHORTS.length(), ShortVector.broadcast(SHORTS, query[i + 1])));
            low = low.add(products.convertShape(VectorOperators.S2I, INTS, 0));
            high = high.add(products.convertShape(VectorOperators.S2I, INTS, 1));
        }
        ((IntVector) low).intoArray(scores, 0);
        ((IntVector) high).intoArray(scores, INTS.length());
    }

    private static float float32(float[] values, int at, float[] query, int dimension) {
        FloatVector even = FloatVector.zero(FLOATS);
        FloatVector odd = even;
        int step = FLOATS.length();
        int i = 0;
        for (; i + step < dimension; i += 2 * step) {
            even = FloatVector.fromArray(FLOATS, values, at + i).fma(FloatVector.fromArray(FLOATS, query, i), even);
            odd = FloatVector.fromArray(FLOATS, values, at + i + step).fma(FloatVector.fromArray(FLOATS, query, i + step), odd);
        }
        if (i < dimension) even = FloatVector.fromArray(FLOATS, values, at + i).fma(FloatVector.fromArray(FLOATS, query, i), even);
        return even.add(odd).reduceLanes(VectorOperators.ADD);
    }

    private static void time(String what, Runnable scan) {
        for (int i = 0; i < 60; i++) scan.run();
        long[] nanos = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            scan.run();
            nanos[i] = System.nanoTime() - start;
        }
        Arrays.sort(nanos);
        System.out.printf("  %-40s p50 %.2f ms, best %.2f ms%n", what, nanos[RUNS / 2] / 1e6, nanos[0] / 1e6);
    }
}
