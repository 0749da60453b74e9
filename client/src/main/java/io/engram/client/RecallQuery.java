package io.engram.client;

import java.util.Optional;
import java.util.OptionalDouble;

/// What to recall: the `k` memories most similar to a text or a vector.
///
/// @param like a text, which the node embeds, or a vector
/// @param k 1..1,000
/// @param minScore finite; empty: none
/// @param allowPartial answer with the shards that made it rather than fail when one misses its deadline
public record RecallQuery(Like like, int k, Optional<Filter> filter, OptionalDouble minScore, boolean allowPartial) {
    /// What to resemble.
    public sealed interface Like {
        record Text(String text) implements Like {}

        record Near(Vector vector) implements Like {}
    }

    public static final int DEFAULT_K = 10;

    public RecallQuery {
        if (k < 1 || k > 1000) throw new IllegalArgumentException("k must be 1..1000, was " + k);
    }

    public static RecallQuery text(String text) {
        return new RecallQuery(new Like.Text(text), DEFAULT_K, Optional.empty(), OptionalDouble.empty(), false);
    }

    public static RecallQuery vector(Vector vector) {
        return new RecallQuery(new Like.Near(vector), DEFAULT_K, Optional.empty(), OptionalDouble.empty(), false);
    }

    public RecallQuery k(int k) {
        return new RecallQuery(like, k, filter, minScore, allowPartial);
    }

    public RecallQuery filter(Filter filter) {
        return new RecallQuery(like, k, Optional.of(filter), minScore, allowPartial);
    }

    public RecallQuery minScore(double minScore) {
        return new RecallQuery(like, k, filter, OptionalDouble.of(minScore), allowPartial);
    }

    public RecallQuery partial() {
        return new RecallQuery(like, k, filter, minScore, true);
    }
}
