package io.engram.client;

/// How two vectors are compared; a higher score is more similar.
public enum Similarity {
    /// -1..1; zero vectors are refused.
    COSINE,
    DOT_PRODUCT,
    /// 1 / (1 + squared distance), 0..1.
    EUCLIDEAN
}
