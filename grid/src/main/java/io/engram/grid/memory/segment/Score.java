package io.engram.grid.memory.segment;

import io.engram.grid.memory.Similarity;

/// Scores of float32 vectors against one query, in double precision.
///
/// Sums run in one fixed order, whatever vector registers a machine has: every replica gives the same score for the same row.
final class Score {
    /// Covers the rounding of the exact sums, far above it.
    private static final double EXACT_SLACK = 1e-12;

    private final Similarity similarity;
    private final float[] query;
    private final double queryNorm;

    Score(Similarity similarity, float[] query) {
        this.similarity = similarity;
        this.query = query;
        this.queryNorm = norm(query);
    }

    double queryNorm() {
        return queryNorm;
    }

    double exact(float[] values, int at, double norm) {
        return switch (similarity) {
            case COSINE -> cosine(dot(query, values, at), norm);
            case DOT_PRODUCT -> dot(query, values, at);
            case EUCLIDEAN -> 1 / (1 + squaredDistance(query, values, at));
        };
    }

    private double cosine(double dot, double norm) {
        double norms = queryNorm * norm;
        return norms == 0 ? 0 : Math.clamp(dot / norms, -1, 1);
    }

    /// The highest score that a row of this norm can have if its cosine is at most `cosine`.
    double atMost(double cosine, double norm) {
        return bound(Math.min(cosine, 1), norm, 1);
    }

    /// The lowest score that a row of this norm can have if its cosine is at least `cosine`.
    double atLeast(double cosine, double norm) {
        return bound(Math.max(cosine, -1), norm, -1);
    }

    private double bound(double cosine, double norm, int direction) {
        double norms = queryNorm * norm;
        return switch (similarity) {
            case COSINE -> norms == 0 ? 0 : cosine;
            case DOT_PRODUCT -> norms * (cosine + direction * EXACT_SLACK);
            case EUCLIDEAN -> {
                double squares = queryNorm * queryNorm + norm * norm;
                double squared = squares - 2 * norms * cosine - direction * EXACT_SLACK * squares;
                yield 1 / (1 + Math.max(squared, 0));
            }
        };
    }

    static double norm(float[] vector) {
        return Math.sqrt(dot(vector, vector, 0));
    }

    // Four sums side by side, so that they do not wait for each other.
    private static double dot(float[] query, float[] values, int at) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < query.length; i += 4) {
            a += (double) query[i] * values[at + i];
            b += (double) query[i + 1] * values[at + i + 1];
            c += (double) query[i + 2] * values[at + i + 2];
            d += (double) query[i + 3] * values[at + i + 3];
        }
        for (; i < query.length; i++) a += (double) query[i] * values[at + i];
        return a + b + (c + d);
    }

    private static double squaredDistance(float[] query, float[] values, int at) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; i + 3 < query.length; i += 4) {
            a += square((double) query[i] - values[at + i]);
            b += square((double) query[i + 1] - values[at + i + 1]);
            c += square((double) query[i + 2] - values[at + i + 2]);
            d += square((double) query[i + 3] - values[at + i + 3]);
        }
        for (; i < query.length; i++) a += square((double) query[i] - values[at + i]);
        return a + b + (c + d);
    }

    private static double square(double x) {
        return x * x;
    }
}
